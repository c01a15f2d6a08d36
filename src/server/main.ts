/** The language server: `node dist/server.js --stdio`, or over Node's IPC in the extension. */
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import {
  CodeActionKind,
  createConnection,
  DidChangeWatchedFilesNotification,
  MessageType,
  ProposedFeatures,
  ShowMessageNotification,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import type {
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  InitializeResult,
  Position,
  TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  checkAs,
  complete,
  knownNames,
  contextOf,
  createWorkspace,
  definitionAt,
  definitionsAmong,
  definitionsIn,
  documentSymbols,
  hover,
  inlayHints,
  isOurs,
  manifestClusters,
  parseFile,
  pathAt,
  snippetsAt,
  withLiveValues,
  withSettings,
  writtenTopologies,
} from '../language/index.ts';
import type {
  Definition,
  DiagnosticData,
  EditedText,
  Entry,
  ReplicaValues,
  ManifestDiagnostic,
  KustomizeRole,
  ManifestFile,
  ObjectName,
} from '../language/index.ts';
import { messageOf } from '../errors.ts';
import type { WrittenTopology } from '../model/written-topology.ts';
import { loadPages } from './pages.ts';
import { createKustomizations } from './kustomizations.ts';
import { navigationCapabilities, serveNavigation } from './navigation.ts';
import { createRefactorings } from './refactorings.ts';
import type { ReplicaPatchPlace } from './replica-patches.ts';
import { editedReplica, replicaPatches } from './replica-patches.ts';
import { loadSchemas } from './schemas.ts';
import { loadSnippets } from './snippets.ts';
import { createExcludes } from './excludes.ts';
import type { LiveFacts } from './live-clusters.ts';
import { createLiveClusters } from './live-clusters.ts';
import { liveReadings } from './live-readings.ts';
import { createServedKinds } from './served-kinds.ts';
import type { ServedDocument } from './served-kinds.ts';
import type { Settings } from './settings.ts';
import { contextsOfMembers, createSettings } from './settings.ts';
import type { VersionInForce } from './version-in-force.ts';
import { versionInForce } from './version-in-force.ts';
import { createWorkspaceFiles } from './workspace-files.ts';

// Of a document little outlives its check. A young generation that grows would hold hundreds of documents as garbage: half of
// the memory, for no time that could be measured.
v8.setFlagsFromString('--semi-space-growth-factor=1');

/** Milliseconds: keystrokes that come faster than this are checked together. */
const coalesce = 5;
/** Milliseconds: who asks where something is waits no longer for the folders to be read. */
const longestReading = 20_000;

interface Open {
  document: TextDocument;
  file: ManifestFile;
}

const connection = createConnection(ProposedFeatures.all);
const schemas = loadSchemas();
const kustomizations = createKustomizations(1000);
const pageOf = loadPages();
const snippets = loadSnippets();
const open = new Map<string, Open>();
let waiting: NodeJS.Timeout | undefined;
let canAskForSettings = false;
/** Of the workspace; only those on disk. */
let folders: { uri: string; path: string }[] = [];
let served = createServedKinds(schemas, undefined, warn);
/** Contexts that are connected now. */
let connected: readonly string[] = [];
const settings = createSettings(
  connection,
  () => canAskForSettings,
  () => {
    workspaceFiles.placeAnew();
    checkSoon();
  },
);
const excludes = createExcludes(() => folders.map(({ path: folder }) => folder));
const workspace = createWorkspace();
const live = createLiveClusters();
const workspaceFiles = createWorkspaceFiles({
  workspace,
  kustomizations,
  contextOf: contextOfFile,
  membersOf: uri => contextsOfMembers(settings.of(folderOf(uri)?.uri ?? uri), connected),
  isExcluded: excludes.isExcluded,
  warn,
});
const refactorings = createRefactorings({
  workspace,
  fileOf: indexedFile,
  capabilities: () => clientCapabilities,
  tell: message =>
    void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message }),
});
/** Ends a reading of the folders that is out of date. */
let reading = new AbortController();
/** The last reading; it never fails. */
let foldersRead: Promise<void> = Promise.resolve();
/** All of the workspace folders was read: what is not there is nowhere. */
let isComplete = false;
let clientCapabilities: ClientCapabilities = {};
let canWatchFiles = false;
let canFollowFolders = false;

connection.onInitialize(({ capabilities, workspaceFolders, rootUri, initializationOptions }): InitializeResult => {
  clientCapabilities = capabilities;
  canAskForSettings = capabilities.workspace?.configuration === true;
  canWatchFiles = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
  canFollowFolders = capabilities.workspace?.workspaceFolders === true;
  folders = foldersOf(workspaceFolders ?? (rootUri === null ? [] : [{ uri: rootUri }]));
  const { storage } = (initializationOptions ?? {}) as { storage?: string };
  if (storage !== undefined) served = createServedKinds(schemas, storage, warn);
  return {
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      completionProvider: { triggerCharacters: [' ', '-'] },
      hoverProvider: true,
      inlayHintProvider: true,
      documentSymbolProvider: true,
      ...navigationCapabilities,
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, CodeActionKind.RefactorExtract],
        resolveProvider: true,
      },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
    serverInfo: { name: 'cnpg' },
  };
});

connection.onInitialized(() => {
  if (canWatchFiles)
    void connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: [{ globPattern: '**/*.{yaml,yml}' }, { globPattern: '**/Kustomization' }],
    });
  if (canFollowFolders)
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const gone = new Set(removed.map(({ uri }) => uri));
      folders = [...folders.filter(({ uri }) => !gone.has(uri)), ...foldersOf(added)];
      foldersRead = readFolders();
    });
  foldersRead = readFolders();
});

connection.onDidChangeWatchedFiles(({ changes }) => {
  void Promise.all(changes.map(({ uri }) => workspaceFiles.changed(uri))).then(checkSoon);
});

connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version: number, text } }) => {
  open.set(uri, { document: TextDocument.create(uri, languageId, number, text), file: parseFile(text) });
  checkSoon();
});

connection.onDidChangeTextDocument(({ textDocument: { uri, version: number }, contentChanges }) => {
  const entry = open.get(uri);
  if (!entry) return;
  entry.document = TextDocument.update(entry.document, contentChanges, number ?? entry.document.version + 1);
  checkSoon();
});

connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
  open.delete(uri);
  sent.delete(uri);
  settings.forget(uri);
  void connection.sendDiagnostics({ uri, diagnostics: [] });
  void workspaceFiles.closed(uri).then(checkSoon);
});

/** It may be a kustomization, which says what the files around it are. */
connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
  kustomizations.forget();
  checkSoon();
  void workspaceFiles.changed(uri).then(checkSoon);
});

connection.onDidChangeConfiguration(settings.changed);

/** What a context serves: answered with the documents whose text is wanted. */
connection.onRequest('cnpg/serves', ({ context, documents }: { context: string; documents: ServedDocument[] }) =>
  answer<string[]>('served kinds', [], () => {
    const wanted = served.take(context, documents);
    checkSoon();
    return wanted;
  }),
);
connection.onNotification('cnpg/connected', ({ contexts }: { contexts: string[] }) => {
  connected = contexts;
  live.keep(contexts);
  workspaceFiles.placeAnew();
  checkSoon();
});
connection.onNotification('cnpg/liveClusters', ({ context, ...facts }: LiveFacts & { context: string }) => {
  live.set(context, facts);
  checkSoon();
});

connection.onCompletion(({ textDocument: { uri }, position }) =>
  answer('completion', [], () => {
    const names = knownNames(workspace, live.names(contextOfFile(uri)));
    const file = indexedFile(uri);
    const isJson = open.get(uri)?.document.languageId === 'json';
    return [
      ...complete(file, position, schemas, versionFor(uri), names),
      ...(isJson ? [] : snippetsAt(file, position, snippets())),
    ];
  }),
);
connection.onHover(async ({ textDocument: { uri }, position }) => {
  const entry = answer('hover', undefined, () => entryAt(uri, position));
  const readings = entry && connected.length > 0 ? await liveReadings(connection, entry) : [];
  return answer('hover', null, () => hover(fileOf(uri), position, schemas, versionFor(uri), readings) ?? null);
});
connection.languages.inlayHint.on(({ textDocument: { uri }, range }) =>
  answer('inlay hints', [], () => inlayHints(fileOf(uri), range)),
);
connection.onDocumentSymbol(({ textDocument: { uri } }) =>
  answer('document symbols', [], () => documentSymbols(fileOf(uri))),
);
connection.onCodeAction(({ textDocument: { uri }, range: { start }, context }) =>
  answer('code actions', [], () => [
    ...context.diagnostics.flatMap(found => quickFixes(uri, found)),
    ...refactorings.offered(uri, start, context),
  ]),
);
connection.onCodeActionResolve(action => answer('refactoring', action, () => refactorings.resolved(action)));
connection.onRequest('cnpg/clusters', ({ uri }: { uri: string }) =>
  answer('clusters', [], () => manifestClusters(fileOf(uri), roleOf(uri) === 'patch')),
);
/** Of a manifest: for which version it is checked, and why. Of other files: nothing. */
connection.onRequest('cnpg/version', ({ uri }: { uri: string }) =>
  answer('version', null, () => {
    const document = fileOf(uri).documents.find(isOurs);
    if (!document) return null;
    const { version, why } = versionOf(uri);
    const kind = schemas.kind(version, document.apiVersion, document.kind);
    return { checkedFor: kind?.checkedFor ?? `CloudNativePG ${version}`, why };
  }),
);
/** Where an object is defined, in open files and on disk; `complete`: all of the workspace was read. */
connection.onRequest('cnpg/definitions', async ({ object }: { object: ObjectName }) => {
  await Promise.race([foldersRead, sleep(longestReading, undefined, { ref: false })]);
  return answer<{ places: readonly (Definition & { uri: string })[]; complete: boolean }>(
    'definitions',
    { places: [], complete: false },
    () => {
      indexOpen();
      const files = [...[...open.keys()].map(uri => ({ uri, file: fileOf(uri) })), ...workspaceFiles.unopened()];
      const found = files.flatMap(({ uri, file }) => definitionsIn(file, object).map(each => ({ ...each, uri })));
      return { places: definitionsAmong(found), complete: isComplete || folders.length === 0 };
    },
  );
});
/** The text of an open file with what the API server has in the place of one of its objects; `null`: it cannot be compared. */
connection.onRequest(
  'cnpg/live',
  ({ uri, object, line, live }: { uri: string; object: ObjectName; line: number; live: Record<string, unknown> }) =>
    answer<string | null>('live values', null, () => {
      const file = fileOf(uri);
      const document = definitionAt(file, object, line);
      const kind = document && schemas.kind(versionFor(uri), document.apiVersion, document.kind);
      return document && kind ? withLiveValues(file, document, live, kind.structure) : null;
    }),
);
/** Patches of kustomizations that set `spec.replica` of a Cluster, and so win over its manifest. */
connection.onRequest('cnpg/replicaPatches', ({ object }: { object: ObjectName }) =>
  answer<ReplicaPatchPlace[]>('replica patches', [], () =>
    replicaPatches(workspaceFiles.kustomizations(), object, uri => (open.has(uri) ? fileOf(uri) : undefined)),
  ),
);
/** The text of an open file with other values in `spec.replica` of one of its Clusters, or in a patch for one. */
connection.onRequest(
  'cnpg/replica',
  ({ uri, object, line, values }: { uri: string; object: ObjectName; line: number; values: ReplicaValues }) =>
    answer<EditedText>('replica edits', { problem: 'The language server failed.' }, () =>
      editedReplica(uri, fileOf(uri), object, line, values),
    ),
);
/** Objects of a file that can be applied as they stand: neither patches nor templates, and YAML that can be read. */
connection.onRequest('cnpg/objects', ({ uri }: { uri: string }) =>
  answer('objects', [], () =>
    fileOf(uri)
      .documents.filter(document => isOurs(document) && !document.template && document.errors.length === 0)
      .filter(({ name }) => name !== undefined)
      .map(({ value, startLine }) => ({ object: value, line: startLine })),
  ),
);
/** The topologies that the workspace describes, with their objects; `complete`: all of it was read. */
connection.onRequest('cnpg/topologies', () =>
  answer<{ topologies: WrittenTopology[]; complete: boolean }>('topologies', { topologies: [], complete: true }, () => {
    indexOpen();
    return { topologies: writtenTopologies(workspace), complete: isComplete || folders.length === 0 };
  }),
);
serveNavigation(connection, { workspace, fileOf: indexedFile, answer });
connection.listen();

/** The text as it is now: requests may come before the check that a change has set off. */
function fileOf(uri: string): ManifestFile {
  const entry = open.get(uri);
  if (!entry) return parseFile('');
  const text = entry.document.getText();
  if (entry.file.text !== text) entry.file = parseFile(text, entry.file);
  return entry.file;
}

/** The same, with all open files as they are now in the index: a request may come before the check. */
function indexedFile(uri: string): ManifestFile {
  indexOpen();
  return fileOf(uri);
}

/** The object that is defined there, when it is one of ours. */
function entryAt(uri: string, position: Position): Entry | undefined {
  const at = pathAt(indexedFile(uri), position);
  return at && workspace.entryOf(at.document);
}

function indexOpen(): void {
  for (const uri of open.keys()) workspaceFiles.opened(uri, fileOf(uri));
}

function versionFor(uri: string): string {
  return versionOf(uri).version;
}

function versionOf(uri: string): VersionInForce {
  const { version: setting, places } = settings.of(uri);
  const file = nameInFolder(uri);
  return versionInForce({ setting, places, file, connected, versions: schemas.versions, nameOf: served.nameOf });
}

const foldersOf = (given: readonly { uri: string }[]): { uri: string; path: string }[] =>
  given.filter(({ uri }) => uri.startsWith('file:')).map(({ uri }) => ({ uri, path: fileURLToPath(uri) }));

const folderOf = (uri: string) =>
  folders.filter(each => uri.startsWith(`${each.uri}/`)).sort((a, b) => b.uri.length - a.uri.length)[0];

/** By the folder that it is in. */
function contextOfFile(uri: string): string | undefined {
  const folder = folderOf(uri);
  return folder && contextOf(settings.of(folder.uri).places, nameInFolder(uri));
}

/** Path of a file from its workspace folder, with `/`; empty outside. */
function nameInFolder(uri: string): string {
  const folder = folderOf(uri);
  return folder === undefined ? '' : decodeURIComponent(uri.slice(folder.uri.length + 1));
}

async function readFolders(): Promise<void> {
  reading.abort();
  const own = new AbortController();
  reading = own;
  isComplete = false;
  const began = performance.now();
  try {
    if (canAskForSettings)
      excludes.set(await connection.workspace.getConfiguration([{ section: 'files' }, { section: 'search' }]));
    const isAll = await workspaceFiles.readAll(
      folders.map(each => each.path),
      own.signal,
    );
    isComplete = isAll && folders.length > 0;
    connection.console.log(`workspace read in ${Math.round(performance.now() - began)} ms`);
    checkSoon();
  } catch (error) {
    if (!own.signal.aborted) warn(`the workspace cannot be read: ${messageOf(error)}`);
  }
}

/** Only files on disk have a kustomization beside them. */
const roleOf = (uri: string): KustomizeRole =>
  uri.startsWith('file:') ? kustomizations.roleOf(fileURLToPath(uri)) : 'whole';

function warn(message: string): void {
  connection.console.warn(message);
}

/** A fault in one feature is logged and answered with nothing; the server lives on. */
function answer<T>(feature: string, otherwise: T, work: () => T): T {
  try {
    return work();
  } catch (error) {
    connection.console.error(
      `${feature}: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`,
    );
    return otherwise;
  }
}

/** Every open file: rules look at the Clusters of all of them. What did not change is not checked anew. */
function checkSoon(): void {
  clearTimeout(waiting);
  waiting = setTimeout(checkAll, coalesce);
}

/** What was published last: the same is not sent again. */
const sent = new Map<string, Published>();

interface Published {
  version: number;
  rules: Settings['rules'];
  found: readonly ManifestDiagnostic[];
}

/** What did not change is the same object as before. */
const isSent = (before: Published | undefined, now: Published): boolean =>
  before?.version === now.version &&
  before.rules === now.rules &&
  before.found.length === now.found.length &&
  before.found.every((each, at) => each === now.found[at]);

function checkAll(): void {
  indexOpen();
  const scope = isComplete ? 'workspace' : 'known';
  for (const [uri, { document }] of open) {
    const found = answer<ManifestDiagnostic[]>('diagnostics', [], () =>
      checkAs(roleOf(uri), fileOf(uri), { schemas, version: versionFor(uri), workspace, scope, liveOf: live.of }),
    );
    const now: Published = { version: document.version, rules: settings.of(uri).rules, found };
    if (isSent(sent.get(uri), now)) continue;
    sent.set(uri, now);
    const diagnostics = withSettings(found, now.rules).map(withPage);
    void connection.sendDiagnostics({ uri, diagnostics });
  }
}

/** The code links to its page. */
function withPage(found: ManifestDiagnostic): Diagnostic {
  const href = pageOf(found.code);
  return href === undefined ? found : { ...found, codeDescription: { href } };
}

function quickFixes(uri: string, found: Diagnostic): CodeAction[] {
  const { fixes = [] } = (found.data ?? {}) as Partial<DiagnosticData>;
  return fixes.map(({ title, edits, elsewhere = [] }, at) => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [found],
    isPreferred: at === 0,
    edit: { changes: changesOf([{ uri, edits }, ...elsewhere]) },
  }));
}

function changesOf(edits: readonly { uri: string; edits: TextEdit[] }[]): Record<string, TextEdit[]> {
  const changes: Record<string, TextEdit[]> = {};
  for (const { uri, edits: more } of edits) if (more.length > 0) changes[uri] = [...(changes[uri] ?? []), ...more];
  return changes;
}
