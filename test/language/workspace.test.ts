/** The index of a workspace: who is meant by a name, and what a change touches. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorkspace, neighboursIn, parseFile } from '../../src/language/index.ts';
import type { Entry, Workspace, WorkspaceFile } from '../../src/language/index.ts';
import type { Side } from '../../src/language/sides.ts';
import { clusterCalled, isSide, members, objectStore, partners } from '../../src/language/sides.ts';
import { clusterText, memberText } from '../support/pairs.ts';

type Files = Record<string, string | [text: string, place: Partial<WorkspaceFile>]>;

function workspaceOf(files: Files): Workspace {
  const workspace = createWorkspace();
  for (const [uri, content] of Object.entries(files)) {
    const [text, place] = typeof content === 'string' ? [content, {}] : content;
    workspace.set({ uri, file: parseFile(text), ...place });
  }
  return workspace;
}

const sideIn = (workspace: Workspace, uri: string): Side => {
  const found = workspace.entriesIn(uri).find(isSide);
  assert.ok(found, uri);
  return found;
};
const places = (entries: readonly Entry[]): string[] => entries.map(({ uri }) => uri).sort();

const a = memberText('a', 'a', 'b');
const b = memberText('b', 'a', 'a');
const store = (name: string, namespace = ''): string =>
  `apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: ${name}${namespace && `, namespace: ${namespace}`}}\nspec: {configuration: {destinationPath: "s3://b"}}\n`;

const pairings: [name: string, files: Files, from: string, partners: string[]][] = [
  ['two that list each other', { 'x/a': a, 'x/b': b }, 'x/a', ['x/b']],
  ['one that only lists', { 'x/a': a, 'x/b': memberText('b', 'a', 'a', { lists: ['a'] }) }, 'x/a', ['x/b']],
  ['one that is only listed', { 'x/a': clusterText({ name: 'a' }), 'x/b': b }, 'x/a', ['x/b']],
  [
    'no stanza on either side',
    { 'x/a': clusterText({ name: 'a', lists: ['b'] }), 'x/b': clusterText({ name: 'b' }) },
    'x/a',
    [],
  ],
  ['a stage each, in folders', { 'p/x/a': a, 'p/y/b': b, 's/x/a': a, 's/y/b': b }, 'p/x/a', ['p/y/b']],
  ['sides first, stages below', { 'x/p/a': a, 'x/s/a': a, 'y/p/b': b, 'y/s/b': b }, 'y/s/b', ['x/s/a']],
  [
    'a stage each, in namespaces',
    {
      a1: memberText('a', 'a', 'b', { namespace: 'p' }),
      a2: memberText('a', 'a', 'b', { namespace: 's' }),
      b1: memberText('b', 'a', 'a', { namespace: 'p' }),
      b2: memberText('b', 'a', 'a', { namespace: 's' }),
    },
    'a1',
    ['b1'],
  ],
  ['two of a name that may both be meant', { 'x/a': a, 'x/b1': b, 'x/b2': b }, 'x/a', []],
  ['by self', { 'x/a': memberText('pg', 'a', 'b', { self: 'a' }), 'x/b': b }, 'x/b', ['x/a']],
  ['detached', { 'x/a': a, 'x/b': b.replace('primary: a', 'enabled: false') }, 'x/a', []],
  ['rewritten by Kustomize', { 'x/a': a, 'x/b': [b, { rewritten: true }] }, 'x/a', []],
  ['a template', { 'x/a': a, 'x/b': b.replace('instances: 3', 'instances: {{ .n }}') }, 'x/a', []],
];
for (const [name, files, from, expected] of pairings)
  test(`partners: ${name}`, () => {
    const workspace = workspaceOf(files);
    assert.deepEqual(places(partners(workspace, sideIn(workspace, from))), expected);
  });

test('members: those that are linked through others too', () => {
  const c = memberText('c', 'a', 'b', { lists: ['b', 'c'] });
  const workspace = workspaceOf({ 'x/a': a, 'x/b': b, 'x/c': c });
  assert.deepEqual(places(members(workspace, sideIn(workspace, 'x/c'))), ['x/a', 'x/b', 'x/c']);
});

test('the same name in the same place is the same object, and no partner', () => {
  const pg = (source: string): string => clusterText({ name: 'pg', primary: 'pg', source, lists: ['pg', 'b'] });
  const workspace = workspaceOf({
    'x/1': [pg('b'), { context: 'eu' }],
    'x/2': [pg('b'), { context: 'us' }],
    'x/b': [memberText('b', 'pg', 'pg', { lists: ['pg', 'b'] }), { context: 'us' }],
  });
  assert.deepEqual(places(partners(workspace, sideIn(workspace, 'x/1'))), ['x/b']);
  assert.equal(clusterCalled(workspace, sideIn(workspace, 'x/b'), 'pg'), undefined, 'two could be meant');
});

const stores: [name: string, files: Files, state: string, uri?: string][] = [
  ['in the same folder', { 'x/a': a, 'x/s': store('s') }, 'found', 'x/s'],
  ['the nearest one', { 'x/a': a, 'y/s': store('s'), 'x/s': store('s') }, 'found', 'x/s'],
  ['in another context', { 'x/a': [a, { context: 'eu' }], 'x/s': [store('s'), { context: 'us' }] }, 'other context'],
  [
    'in another namespace',
    { 'x/a': memberText('a', 'a', 'b', { namespace: 'pg' }), 'x/s': store('s', 'infra') },
    'other namespace',
  ],
  ['put into another namespace by Kustomize', { 'x/a': [a, { namespace: 'pg' }], 'x/s': store('s', 'pg') }, 'found'],
  ['rewritten', { 'x/a': a, 'x/s': [store('s'), { rewritten: true }] }, 'unclear'],
  ['nowhere', { 'x/a': a, 'x/s': store('t') }, 'missing'],
];
for (const [name, files, state, uri] of stores)
  test(`ObjectStore ${name}`, () => {
    const workspace = workspaceOf(files);
    const found = objectStore(workspace, sideIn(workspace, 'x/a'), 's');
    assert.equal(found.state, state);
    if (uri !== undefined) assert.equal('entry' in found && found.entry.uri, uri);
  });

test('what was found holds until something changes that was asked for', () => {
  const workspace = workspaceOf({ 'x/a': a, 'x/b': b, 'x/other': store('s') });
  const side = sideIn(workspace, 'x/a');
  const ask = (): boolean => workspace.holds(asked);
  const { asked } = workspace.follow(() => partners(workspace, side));
  assert.ok(ask());
  workspace.set({ uri: 'x/other', file: parseFile(store('t')) });
  workspace.set({ uri: 'x/third', file: parseFile(clusterText({ name: 'c', lists: ['d'] })) });
  assert.ok(ask(), 'others');
  const file = parseFile(`# a line\n${b}`);
  workspace.set({ uri: 'x/b', file });
  assert.ok(!ask(), 'the partner');
  const again = workspace.follow(() => partners(workspace, side)).asked;
  workspace.set({ uri: 'x/b', file: parseFile(`# a line\n${b}---\n${store('u')}`, file) });
  assert.ok(workspace.holds(again), 'a document beside the partner');
  workspace.delete('x/b');
  assert.ok(!workspace.holds(again), 'the partner is gone');
});

test('while a text is broken the others see it as it was', () => {
  const workspace = workspaceOf({ 'x/a': a, 'x/b': b });
  workspace.set({ uri: 'x/b', file: parseFile(b.replace('instances: 3', 'instances: [')) });
  assert.deepEqual(places(partners(workspace, sideIn(workspace, 'x/a'))), ['x/b']);
});

const block = (kind: string, rest = ''): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  labels: {a: b}\n  name: x # why\n  namespace: "pg"\n${rest}`;
const neighbourly: [name: string, text: string, names: string[]][] = [
  ['a Secret', block('Secret', 'data: {password: c2VjcmV0}\n'), ['Secret pg/x']],
  ['several', `${block('Secret')}---\n${block('Service')}---\n${block('Deployment')}`, ['Secret pg/x', 'Service pg/x']],
  [
    'what writes a Secret of another name',
    block('ExternalSecret', 'spec:\n  target:\n    name: y\n'),
    ['Secret pg/x', 'Secret pg/y'],
  ],
  ['a certificate', block('Certificate', 'spec:\n  secretName: tls\n'), ['Secret pg/x', 'Secret pg/tls']],
  ['none', block('ConfigMap'), []],
];
for (const [name, text, names] of neighbourly)
  test(`neighbours: ${name}`, () =>
    assert.deepEqual(
      neighboursIn(text).map(each => `${each.kind} ${each.namespace}/${each.name}`),
      names,
    ));
