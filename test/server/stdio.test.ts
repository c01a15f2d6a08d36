/** The built server, `node dist/server.js --stdio`, as an editor talks to it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import type {
  CodeAction,
  CompletionItem,
  Diagnostic,
  Hover,
  MessageConnection,
  SelectionRange,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { ManifestCluster } from '../../src/language/index.ts';
import { clusterText } from '../support/pairs.ts';

const uri = 'file:///cluster-us.yaml';
const text = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: cluster-us
spec:
  instances: 3
  storage:
    size: 1Gi
  bootstrap:
    recovery:
      source: cluster-eu
  replica:
    enabled: true
    source: cluster-eu
  externalClusters:
    - name: cluster-eu
      connectionParameters:
        host: cluster-eu-rw.example.org
    - name: cluster-us
      connectionParameters:
        host: cluster-us-rw.example.org
`;

const capabilities = {
  workspace: { workspaceFolders: true, workspaceEdit: { documentChanges: true, resourceOperations: ['create'] } },
  textDocument: { codeAction: { resolveSupport: { properties: ['edit'] } } },
};

let child: ChildProcessWithoutNullStreams;
let server: MessageConnection;
const published = new Map<string, Diagnostic[]>();
const waiting = new Set<() => void>();

/** Resolves with the diagnostics of a document as soon as they are as wanted. */
function diagnostics(of: string, wanted: (found: Diagnostic[]) => boolean): Promise<Diagnostic[]> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the last ones: ${JSON.stringify(published.get(of))}`)), 10_000);
    const look = (): void => {
      const found = published.get(of);
      if (!found || !wanted(found)) return;
      clearTimeout(late);
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
  });
}

/** Are these the codes, leaving out rules over both sides? */
const has =
  (...codes: string[]) =>
  (found: Diagnostic[]): boolean =>
    found
      .map(({ code }) => code)
      .filter(code => !/^RC[2-9]/.test(String(code)))
      .join() === codes.join();

const open = (of: string, content: string): Promise<void> =>
  server.sendNotification('textDocument/didOpen', {
    textDocument: { uri: of, languageId: 'yaml', version: 1, text: content },
  });

const change = (of: string, version: number, from: [number, number], to: [number, number], content: string) =>
  server.sendNotification('textDocument/didChange', {
    textDocument: { uri: of, version },
    contentChanges: [
      {
        range: { start: { line: from[0], character: from[1] }, end: { line: to[0], character: to[1] } },
        text: content,
      },
    ],
  });

before(async () => {
  child = spawn(process.execPath, [path.resolve(import.meta.dirname, '../../dist/server.js'), '--stdio']);
  server = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  server.onNotification('textDocument/publishDiagnostics', (sent: { uri: string; diagnostics: Diagnostic[] }) => {
    published.set(sent.uri, sent.diagnostics);
    for (const look of waiting) look();
  });
  server.listen();
  await server.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities,
  });
  await server.sendNotification('initialized', {});
});

after(async () => {
  server.dispose();
  const exit = once(child, 'exit');
  child.kill();
  await exit;
});

test('a document is checked when it is opened and after each change', async () => {
  await open(uri, text);
  await diagnostics(uri, has());
  await change(uri, 2, [12, 4], [12, 11], 'primary');
  const found = await diagnostics(uri, has('schema/type'));
  assert.match(JSON.stringify(found), /must be a string, and true is a boolean/);
  await change(uri, 3, [12, 4], [12, 17], 'enabled: true');
  await diagnostics(uri, has());
});

test('a finding about two documents appears when the second is opened, and goes with it', async () => {
  const source = text
    .replace('name: cluster-us', 'name: cluster-eu')
    .replace(/ {2}bootstrap:[\s\S]*?source: cluster-eu\n {2}ext/, '  ext')
    .replace(/ {2}replica:[\s\S]*?source: cluster-eu\n/, '');
  await open('file:///cluster-eu.yaml', source);
  const [found] = await diagnostics(uri, has('RC111'));
  assert.equal(found?.relatedInformation?.[0]?.location.uri, 'file:///cluster-eu.yaml');
  await server.sendNotification('textDocument/didClose', { textDocument: { uri: 'file:///cluster-eu.yaml' } });
  await diagnostics(uri, has());
});

test('a patch of Kustomize need not be complete', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-server-'));
  const patch = pathToFileURL(path.join(folder, 'patch.yaml')).href;
  await open(patch, text.replace(/ {2}instances[\s\S]*/, '  logLevel: loud\n'));
  await diagnostics(patch, has('schema/enum', 'webhook/storage-size'));
  fs.writeFileSync(path.join(folder, 'kustomization.yaml'), 'patches: [{path: patch.yaml}]\n');
  await server.sendNotification('textDocument/didSave', { textDocument: { uri: patch } });
  await diagnostics(patch, has('schema/enum'));
  await server.sendNotification('textDocument/didClose', { textDocument: { uri: patch } });
  fs.rmSync(folder, { recursive: true });
});

test('completion, hover, symbols, Clusters', async () => {
  const at = (line: number, character: number) => ({ textDocument: { uri }, position: { line, character } });
  const items = await server.sendRequest<CompletionItem[]>('textDocument/completion', at(13, 12));
  assert.deepEqual(
    items.map(({ label }) => label),
    ['cluster-eu', 'cluster-us'],
  );
  const hover = await server.sendRequest<Hover>('textDocument/hover', at(13, 6));
  assert.match(JSON.stringify(hover.contents), /spec\.replica\.source/);
  const symbols = await server.sendRequest<{ name: string }[]>('textDocument/documentSymbol', {
    textDocument: { uri },
  });
  assert.equal(symbols[0]?.name, 'cluster-us');
  const clusters = await server.sendRequest<ManifestCluster[]>('cnpg/clusters', { uri });
  assert.deepEqual(
    [clusters[0]?.name, clusters[0]?.replicaCluster, clusters[0]?.range.start.line],
    ['cluster-us', true, 1],
  );
  assert.deepEqual(await server.sendRequest('cnpg/clusters', { uri: 'file:///unknown.yaml' }), []);
});

test('connected contexts: the live value is asked of the client, and not waited for; their names are completed', async () => {
  const asked: object[] = [];
  let answer = (): unknown => [{ context: 'us', object: { metadata: {}, spec: { instances: 5 } }, readAt: 0 }];
  server.onRequest('cnpg/liveObjects', (sought: object) => {
    asked.push(sought);
    return answer();
  });
  const said = async (): Promise<string> => {
    const question = { textDocument: { uri }, position: { line: 5, character: 4 } };
    return JSON.stringify((await server.sendRequest<Hover>('textDocument/hover', question)).contents);
  };
  assert.doesNotMatch(await said(), /Live/);
  assert.deepEqual(asked, []);
  await server.sendNotification('cnpg/connected', { contexts: ['us'] });
  assert.match(await said(), /Live in `us`\*\*: `5` \(00:00:00 UTC\)/);
  assert.deepEqual(asked, [{ kind: 'Cluster', name: 'cluster-us' }]);
  const clusters = [{ metadata: { name: 'cluster-ap' }, spec: {} }];
  await server.sendNotification('cnpg/liveClusters', { context: 'us', clusters, objectStores: [] });
  const names = await server.sendRequest<CompletionItem[]>('textDocument/completion', {
    textDocument: { uri },
    position: { line: 15, character: 12 },
  });
  assert.deepEqual(
    names.map(({ label, labelDetails }) => [label, labelDetails?.description]),
    [
      ['cluster-us', undefined],
      ['cluster-ap', 'live in us'],
    ],
  );
  for (answer of [() => new Promise(() => undefined), () => Promise.reject(new Error('no'))])
    assert.match(await said(), /^((?!Live)[\s\S])*spec\.instances((?!Live)[\s\S])*$/);
  await server.sendNotification('cnpg/connected', { contexts: [] });
});

test('a quick fix is offered for a finding', async () => {
  await change(uri, 4, [5, 2], [5, 11], 'instanses');
  const found = await diagnostics(uri, has('schema/unknown-field'));
  const actions = await server.sendRequest<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri },
    range: found[0]?.range,
    context: { diagnostics: found },
  });
  assert.equal(actions[0]?.title, 'Change to "instances"');
  assert.equal(actions[0]?.edit?.changes?.[uri]?.[0]?.newText, 'instances');
  await change(uri, 5, [5, 2], [5, 11], 'instances');
  await diagnostics(uri, has());
});

test('a document that is closed and opened again at once keeps its findings', async () => {
  const again = 'file:///again.yaml';
  const wrong = text.replace('instances', 'instanses');
  await open(again, wrong);
  await diagnostics(again, has('schema/unknown-field'));
  await server.sendNotification('textDocument/didClose', { textDocument: { uri: again } });
  await open(again, wrong);
  published.delete(again);
  await diagnostics(again, has('schema/unknown-field'));
});

test('the version in force follows the setting', async () => {
  const role = 'file:///role.yaml';
  await open(role, 'apiVersion: postgresql.cnpg.io/v1\nkind: DatabaseRole\nmetadata: {name: r}\nspec: {}\n');
  await diagnostics(role, found => found.length > 0 && !has('schema/kind')(found));
  await server.sendNotification('workspace/didChangeConfiguration', { settings: { cnpg: { version: '1.26' } } });
  await diagnostics(role, has('schema/kind'));
  await server.sendNotification('workspace/didChangeConfiguration', { settings: { cnpg: { version: 'nonsense' } } });
  await diagnostics(role, found => !has('schema/kind')(found));
});

test('what is no YAML, and what is not ours, is left alone', async () => {
  for (const [name, content] of Object.entries({
    binary: '\u0000\u0001\uFFFF{{{[',
    service: 'kind: Service\n',
    empty: '',
  })) {
    await open(`file:///${name}.yaml`, content);
    await diagnostics(`file:///${name}.yaml`, has());
  }
});

test('a folder of the workspace: the other side is known from disk, changes there are seen, a fix may be for both', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-folder-'));
  const write = (name: string, content: string): string => {
    fs.mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
    return pathToFileURL(path.join(folder, name)).href;
  };
  const lists = ['a', 'b'];
  const host = (name: string): string => `{host: ${name}.example.com, sslmode: verify-full}`;
  const a = clusterText({ name: 'a', primary: 'a', source: 'b', lists });
  const b = clusterText({ name: 'b', primary: 'a', source: 'a', lists })
    .replace('{host: a.example.com}', host('a'))
    .replace('replica:', 'bootstrap: {pg_basebackup: {source: a}}\n  replica:');
  const uriA = write('eu/a.yaml', a);
  const uriB = write('us/b.yaml', b);
  const event = { added: [{ uri: pathToFileURL(folder).href, name: 'x' }], removed: [] };
  await server.sendNotification('workspace/didChangeWorkspaceFolders', { event });
  await open(uriB, b);
  const found = await diagnostics(uriB, all => all.some(({ code }) => code === 'RC509'));
  const [at] = found.filter(({ code }) => code === 'RC509');
  assert.equal(at?.relatedInformation?.[0]?.location.uri, uriA);
  const object = { kind: 'Cluster', name: 'a', namespace: 'default' };
  const { places, complete } = await server.sendRequest<{ places: { uri: string }[]; complete: boolean }>(
    'cnpg/definitions',
    { object },
  );
  assert.deepEqual([places.map(place => place.uri), complete], [[uriA], true]);
  const actions = await server.sendRequest<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri: uriB },
    range: at?.range,
    context: { diagnostics: at ? [at] : [] },
  });
  assert.deepEqual(Object.keys(actions[0]?.edit?.changes ?? {}), [uriA]);
  write('eu/a.yaml', a.replace('primary: a', 'primary: b'));
  await server.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uriA, type: 2 }] });
  await diagnostics(uriB, all => all.some(({ code }) => code === 'RC302'));
  const rules = { RC302: 'off', RC416: 'error' };
  await server.sendNotification('workspace/didChangeConfiguration', { settings: { cnpg: { rules } } });
  const after = await diagnostics(uriB, all => !all.some(({ code }) => code === 'RC302'));
  assert.equal(after.find(({ code }) => code === 'RC416')?.severity, 1);
  await server.sendNotification('workspace/didChangeConfiguration', { settings: { cnpg: {} } });
  await server.sendNotification('textDocument/didClose', { textDocument: { uri: uriB } });
  const gone = { added: [], removed: event.added };
  await server.sendNotification('workspace/didChangeWorkspaceFolders', { event: gone });
  fs.rmSync(folder, { recursive: true });
});

test('names: definition, references, rename, links, symbols; folding and selection', async () => {
  const [uriA, uriB] = ['file:///names/a.yaml', 'file:///names/b.yaml'];
  const lists = ['a', 'b'];
  await open(uriA, clusterText({ name: 'a', primary: 'a', source: 'b', lists }));
  await open(uriB, clusterText({ name: 'b', primary: 'a', source: 'a', lists }));
  const at = { textDocument: { uri: uriB }, position: { line: 8, character: 13 } };
  const uris = (places: { uri: string }[]): string[] => [...new Set(places.map(each => each.uri))].sort();
  assert.deepEqual(uris(await server.sendRequest('textDocument/definition', at)), [uriA, uriB]);
  assert.deepEqual(uris(await server.sendRequest('textDocument/references', { ...at, context: {} })), [uriA, uriB]);
  assert.equal((await server.sendRequest<unknown[]>('textDocument/documentHighlight', at)).length, 3);
  assert.deepEqual(await server.sendRequest('textDocument/prepareRename', at), {
    start: { line: 8, character: 13 },
    end: { line: 8, character: 14 },
  });
  const renamed = await server.sendRequest<WorkspaceEdit>('textDocument/rename', { ...at, newName: 'c' });
  assert.deepEqual(Object.keys(renamed.changes ?? {}).sort(), [uriA, uriB]);
  await assert.rejects(server.sendRequest('textDocument/rename', { ...at, newName: 'b' }), /already/);
  const links = await server.sendRequest<{ target: string }[]>('textDocument/documentLink', at);
  assert.ok(links.some(({ target }) => target === `${uriA}#L4`));
  const symbols = await server.sendRequest<{ location: { uri: string } }[]>('workspace/symbol', { query: 'a' });
  assert.ok(symbols.some(({ location }) => location.uri === uriA));
  assert.ok((await server.sendRequest<unknown[]>('textDocument/foldingRange', at)).length > 3);
  const positions = [at.position];
  const [selection] = await server.sendRequest<SelectionRange[]>('textDocument/selectionRange', { ...at, positions });
  assert.equal(selection?.parent?.range.start.character, 4);
  for (const uri of [uriA, uriB]) await server.sendNotification('textDocument/didClose', { textDocument: { uri } });
});

test('refactorings are worked out when they are chosen; a new file comes with its text', async () => {
  const primary = 'file:///refactoring/cluster-eu.yaml';
  const content = clusterText({ name: 'cluster-eu' });
  await open(primary, content);
  const range = { start: { line: 3, character: 4 }, end: { line: 3, character: 4 } };
  const params = { textDocument: { uri: primary }, range, context: { diagnostics: [], only: ['refactor'] } };
  const [action, ...others] = await server.sendRequest<CodeAction[]>('textDocument/codeAction', params);
  assert.deepEqual(
    [action?.title, others.length],
    ['Make the other side of cluster-eu: replica cluster cluster-us', 0],
  );
  assert.equal(action?.edit, undefined);
  const { edit } = await server.sendRequest<CodeAction>('codeAction/resolve', action);
  const [create, text, own] = edit?.documentChanges ?? [];
  assert.deepEqual(create, { kind: 'create', uri: 'file:///refactoring/cluster-us.yaml' });
  assert.match(JSON.stringify(text), /name: cluster-us/);
  assert.match(JSON.stringify(own), /primary: cluster-eu/);
  const fixesOnly = { ...params, context: { diagnostics: [], only: ['quickfix'] } };
  assert.deepEqual(await server.sendRequest('textDocument/codeAction', fixesOnly), []);
  await server.sendNotification('textDocument/didClose', { textDocument: { uri: primary } });
});
