/** Wires the rooms together. Nothing is contacted here: contexts are opened by the user. */
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { createActionLog, recorded } from './action-log.ts';
import { commandTable, registerCommands } from './commands/index.ts';
import { describeScheme, forgottenPage, liveScheme, logScheme } from './commands/live-pages.ts';
import { forgottenOperation, operationScheme } from './commands/operate.ts';
import { applyScheme, forgottenApply } from './commands/apply-manifest.ts';
import { archiveOpener } from './commands/browse-wal-archive.ts';
import { archiveFileReader, archiveUri } from './commands/open-wal-archive.ts';
import { editScheme } from './commands/edit-manifests.ts';
import { createPortForwards } from './commands/port-forward.ts';
import { promotionProgress } from './commands/promotion-progress.ts';
import { promotionKey, promotionRecords } from './commands/promotion-records.ts';
import { promotionScheme } from './commands/follow-promotion.ts';
import { forgottenPromotion, offerToResume } from './commands/promote-replica-cluster.ts';
import { runHistory, runKey } from './commands/run-history.ts';
import { forgottenHistory, historyScheme } from './commands/show-promotion-history.ts';
import { offerToRebuild } from './commands/rebuild-former-primary.ts';
import { rebuildKey, rebuildRecords } from './commands/rebuild-records.ts';
import { createPlayground } from './commands/start-playground.ts';
import { createConnections } from './connections.ts';
import { messageOf } from './errors.ts';
import { keepTokens, keptTokenKey } from './kept-tokens.ts';
import { tellLiveClusters } from './live-clusters.ts';
import type { LiveObject, SoughtObject } from './model/live-object.ts';
import { liveObjects } from './model/live-object.ts';
import { startPortForward } from './port-forwarding.ts';
import { recordsIn } from './records.ts';
import { tellServedKinds } from './served-kinds.ts';
import { showAlarms } from './views/alarms/show-alarms.ts';
import { createArchiveDocuments } from './views/archive-documents.ts';
import { codeLenses } from './views/code-lenses.ts';
import type { LanguageService } from './views/language-client.ts';
import { createScenes } from './views/scenes.ts';
import { createTextDocuments } from './views/text-documents.ts';
import { showVersion } from './views/version-status.ts';
import { createManifests } from './views/topology/manifests.ts';
import { createTopologyPanels } from './views/topology/panel.ts';
import { createReplicationView } from './views/tree/provider.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('CloudNativePG', { log: true });
  const settings = () => vscode.workspace.getConfiguration('cnpg');
  const playground = createPlayground(() => import('./simulator/index.ts'), context.globalStorageUri, log);
  const kubeconfigs = (): string[] =>
    kubeconfigFiles(playground.kubeconfig(), settings().get<string>('kubeconfig', ''));
  const actions = createActionLog(context.globalStorageUri.fsPath, message => log.warn(message));
  const connections = createConnections({
    room: () => import('./kubernetes/index.ts'),
    files: kubeconfigs,
    wanted: () => settings().get<string[]>('contexts', []),
    allowExecPlugins: () => vscode.workspace.isTrusted,
    log: message => log.info(message),
    recorded: (connection, user) =>
      recorded(connection, user === undefined ? account() : `${account()} as ${user}`, action =>
        actions.append(action),
      ),
  });
  const room = () => import('./archive/index.ts');
  const comparisons = createTextDocuments(applyScheme, forgottenApply);
  const listings = createArchiveDocuments(archiveFileReader(connections, room));
  const promotions = createTextDocuments(promotionScheme, forgottenPromotion);
  const operationPages = createTextDocuments(operationScheme, forgottenOperation);
  const pages = createTextDocuments([liveScheme, describeScheme, logScheme], forgottenPage);
  const proposals = createTextDocuments(editScheme, '# This proposal is from an earlier window.\n');
  const histories = createTextDocuments(historyScheme, forgottenHistory);
  const remembered = <T>(what: string, keyOf: (record: T) => string) =>
    recordsIn(path.join(context.globalStorageUri.fsPath, what), keyOf);
  const history = runHistory(remembered('history', runKey), account(), name => connections.userOf(name));
  // Whatever folder is open: nothing else has the token, or the manifest of a Cluster that is made anew.
  const records = promotionRecords(remembered('promotions', promotionKey));
  const promotion = { connections, documents: promotions, records, history, log, archiveRoom: room };
  const rebuilds = rebuildRecords(remembered('rebuilds', rebuildKey));
  const portForwards = createPortForwards(connections, startPortForward, log);
  const language = startLanguageService(context, sought => liveObjects(connections.snapshots(), sought), log);
  const scenes = createScenes(connections);
  const tokens = keepTokens(remembered('demotion-tokens', keptTokenKey), scenes, error => log.error(messageOf(error)));
  const tree = createReplicationView(
    connections,
    scenes,
    archiveOpener(connections, room),
    context.workspaceState,
    log,
  );
  const manifests = createManifests(() => language);
  const topologies = createTopologyPanels(
    {
      extension: context.extensionUri,
      connections,
      scenes,
      manifests,
      progressOf: topology => promotionProgress(topology, connections.snapshots(), records.all()),
      listings: {
        readingOf: (address, which) => listings.readingOf(archiveUri(address, which)),
        onDidRead: listings.onDidRead,
      },
    },
    context.workspaceState,
  );
  const edits = { connections, proposals, language: () => language };
  const operations = { connections, manifests: edits, documents: operationPages, history, log };
  const table = commandTable({
    extension: context.extensionUri,
    connections,
    archives: { connections, documents: listings, room, rests: new Map() },
    switchover: {
      ...promotion,
      scenes: () => scenes,
      manifests: edits,
    },
    lost: { ...operations, scenes, archiveRoom: room, promotions: records, tokens },
    apply: {
      connections,
      documents: comparisons,
      liveYaml: () => import('./language/live-yaml.ts'),
      language: () => language,
      log,
    },
    history,
    histories,
    actions,
    operations,
    rebuilds,
    playground,
    pages,
    liveYaml: () => import('./language/live-yaml.ts'),
    language: () => language,
    kubeconfigs,
    kubectlFiles: () => filesUnknownToKubectl(playground.kubeconfig(), settings().get<string>('kubeconfig', '')),
    portForwards,
    scenes,
    topologies,
    manifests,
    tree,
    log,
  });
  context.subscriptions.push(
    log,
    playground,
    portForwards,
    connections,
    tokens,
    listings,
    comparisons,
    pages,
    promotions,
    histories,
    proposals,
    operationPages,
    registerCommands(table, topologies, log),
    scenes,
    topologies,
    tree,
    showAlarms(scenes, alarm => tree.reveal(alarm)),
    showVersion(
      async uri => (await language).versionOf(uri),
      message => log.info(message),
    ),
    tellServedKinds(connections, language, message => log.info(message)),
    tellLiveClusters(connections, language),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('cnpg.kubeconfig') || event.affectsConfiguration('cnpg.contexts'))
        connections.reload().catch((error: unknown) => log.error(messageOf(error)));
    }),
    codeLenses(async uri => (await language).clustersOf(uri), scenes),
  );
  language.catch((error: unknown) => {
    log.error(`The language server did not start: ${messageOf(error)}`);
    void vscode.window.showErrorMessage(`CloudNativePG: the language server did not start: ${messageOf(error)}`);
  });
  offerToRebuild(rebuilds).catch((error: unknown) => log.error(messageOf(error)));
  offerToResume(promotion).catch((error: unknown) => log.error(messageOf(error)));
}

/** Loads the language client when activation is over: it is most of the extension's code. */
async function startLanguageService(
  context: vscode.ExtensionContext,
  live: (sought: SoughtObject) => LiveObject[],
  log: vscode.LogOutputChannel,
): Promise<LanguageService> {
  await new Promise(resolve => setImmediate(resolve));
  const { createLanguageService } = await import('./views/language-client.ts');
  const service = createLanguageService(context.extensionUri, context.globalStorageUri, live, log);
  context.subscriptions.push(service);
  await service.start();
  return service;
}

/** None when kubectl finds the same files by itself. */
const filesUnknownToKubectl = (playground: string | undefined, setting: string): string[] =>
  playground === undefined && setting === '' ? [] : kubeconfigFiles(playground, setting);

/** In order of precedence: the playground's, the setting's, else `KUBECONFIG`, else the default file. */
function kubeconfigFiles(playground: string | undefined, setting: string): string[] {
  const named = setting || process.env['KUBECONFIG'] || path.join(os.homedir(), '.kube', 'config');
  const files = named.split(path.delimiter).filter(file => file !== '');
  return [
    ...(playground === undefined ? [] : [playground]),
    ...files.map(file => file.replace(/^~(?=[/\\])/, os.homedir())),
  ];
}

/** Of this machine. */
function account(): string {
  try {
    return os.userInfo().username;
  } catch {
    return 'unknown account';
  }
}
