/** The table of commands: id → function. `package.json` declares the same ids; a test compares the two. */
import * as vscode from 'vscode';
import type { ActionLog } from '../action-log.ts';
import type { Connections } from '../connections.ts';
import { Failure, messageOf } from '../errors.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import type { Scenes } from '../views/scenes.ts';
import type { Manifests } from '../views/topology/manifests.ts';
import { parseClicked } from '../views/topology/messages.ts';
import type { TopologyPanels } from '../views/topology/panel.ts';
import type { Item } from '../views/topology/picture.ts';
import type { ReplicationView } from '../views/tree/provider.ts';
import type { BothSidesDependencies } from './apply-both-sides.ts';
import { applyBothSides } from './apply-both-sides.ts';
import { applyManifest } from './apply-manifest.ts';
import { bindMember } from './bind-member.ts';
import { breakPlayground } from './break-playground.ts';
import { filterArchiveFolder, openArchiveFile, refreshArchiveFolder, showMoreOfArchive } from './browse-wal-archive.ts';
import { chooseKubeconfig } from './choose-kubeconfig.ts';
import {
  backUpNow,
  clearUsedToken,
  hibernateCluster,
  reloadCluster,
  restartCluster,
  wakeCluster,
} from './cluster-operations.ts';
import { connect, disconnect, refresh } from './connect.ts';
import { copyKubectlCommand, copyName } from './copy.ts';
import { describe } from './describe.ts';
import type { DiffLanguage } from './diff-with-live.ts';
import { diffWithLive } from './diff-with-live.ts';
import { writeRolesIntoManifests } from './edit-manifests.ts';
import { explainRule } from './explain-rule.ts';
import { failOverByManifests, failOverToReplicaCluster } from './fail-over-to-replica-cluster.ts';
import { fenceInstance } from './fence-instance.ts';
import { clearTreeFilter, filterTree } from './filter-tree.ts';
import type { LiveYamlRoom } from './open-live-yaml.ts';
import { openLiveYaml } from './open-live-yaml.ts';
import { openManifest } from './open-manifest.ts';
import { openPsql } from './open-psql.ts';
import type { ArchiveDependencies } from './open-wal-archive.ts';
import { openBothWalArchives, openWalArchive, refreshWalArchive } from './open-wal-archive.ts';
import type { OperationDependencies } from './operate.ts';
import type { PortForwards } from './port-forward.ts';
import type { SwitchoverDependencies } from './promote-replica-cluster.ts';
import { promoteByManifests, promoteReplicaCluster, resumePromotion } from './promote-replica-cluster.ts';
import type { TokenDependencies } from './promote-with-token.ts';
import { promoteWithSavedToken, resumeWithoutFormer } from './promote-with-token.ts';
import { rebuildFormerPrimary } from './rebuild-former-primary.ts';
import type { RebuildRecords } from './rebuild-records.ts';
import { refreshDocument } from './refresh-document.ts';
import { restartInstance } from './restart-instance.ts';
import { resumeSchedule, suspendSchedule } from './schedules.ts';
import { returnToOldPrimary } from './return-to-old-primary.ts';
import type { RunHistory } from './run-history.ts';
import { showActionLog } from './show-action-log.ts';
import { showPromotionHistory } from './show-promotion-history.ts';
import { showLogs } from './show-logs.ts';
import { showTopology, showTopologyInPanel } from './show-topology.ts';
import type { Playground } from './start-playground.ts';
import { switchPrimaryInstance } from './switch-primary-instance.ts';
import { unfenceInstance } from './unfence-instance.ts';
import { compareWalArchive, copyWalArchiveJson, goToInWalArchive } from './wal-archive-document.ts';
import { withdrawPromotion } from './withdraw-promotion.ts';

export interface CommandDependencies {
  extension: vscode.Uri;
  connections: Connections;
  archives: ArchiveDependencies;
  switchover: SwitchoverDependencies;
  /** When one side is lost. */
  lost: TokenDependencies;
  apply: BothSidesDependencies;
  history: RunHistory;
  histories: TextDocuments;
  actions: ActionLog;
  operations: OperationDependencies;
  rebuilds: RebuildRecords;
  playground: Playground;
  /** Files that are read, in order of precedence. */
  kubeconfigs: () => readonly string[];
  /** Pages about objects as the API server has them. */
  pages: TextDocuments;
  liveYaml: () => Promise<LiveYamlRoom>;
  language: () => Promise<DiffLanguage>;
  /** Kubeconfig files that kubectl would not read by itself, in order of precedence. */
  kubectlFiles: () => readonly string[];
  portForwards: PortForwards;
  scenes: Scenes;
  topologies: TopologyPanels;
  manifests: Manifests;
  tree: ReplicationView;
  log: vscode.LogOutputChannel;
}

// Arguments come from VS Code and from other extensions: each command looks at what it gets.
type Run = (...given: never[]) => Promise<void> | void;

export const commandTable = ({
  extension,
  connections,
  archives,
  switchover,
  lost,
  apply,
  history,
  histories,
  actions,
  operations,
  rebuilds,
  playground,
  kubeconfigs,
  pages,
  liveYaml,
  language,
  kubectlFiles,
  portForwards,
  scenes,
  topologies,
  manifests,
  tree,
  log,
}: CommandDependencies): Record<string, Run> => ({
  'cnpg.connect': connect(connections),
  'cnpg.disconnect': disconnect(connections),
  'cnpg.refresh': refresh(connections),
  'cnpg.promoteReplicaCluster': promoteReplicaCluster(switchover),
  'cnpg.resumePromotion': resumePromotion(switchover, resumeWithoutFormer(lost)),
  'cnpg.promoteWithToken': promoteWithSavedToken(lost),
  'cnpg.promoteByManifests': promoteByManifests(switchover),
  'cnpg.writeRolesIntoManifests': writeRolesIntoManifests(switchover.manifests),
  'cnpg.returnToOldPrimary': returnToOldPrimary(lost),
  'cnpg.withdrawPromotion': withdrawPromotion(lost),
  'cnpg.showPromotionHistory': showPromotionHistory(history, histories),
  'cnpg.showActionLog': showActionLog(actions, histories),
  'cnpg.failOverToReplicaCluster': failOverToReplicaCluster(lost),
  'cnpg.failOverByManifests': failOverByManifests(lost),
  'cnpg.rebuildFormerPrimary': rebuildFormerPrimary({
    ...operations,
    records: rebuilds,
    archiveRoom: archives.room,
    liveYaml,
  }),
  'cnpg.clearUsedToken': clearUsedToken(operations),
  'cnpg.switchPrimaryInstance': switchPrimaryInstance(operations),
  'cnpg.fenceInstance': fenceInstance(operations),
  'cnpg.unfenceInstance': unfenceInstance(operations),
  'cnpg.restartInstance': restartInstance(operations),
  'cnpg.restartCluster': restartCluster(operations),
  'cnpg.reloadCluster': reloadCluster(operations),
  'cnpg.hibernateCluster': hibernateCluster(operations),
  'cnpg.wakeCluster': wakeCluster(operations),
  'cnpg.backUpNow': backUpNow(operations),
  'cnpg.suspendSchedule': suspendSchedule(operations),
  'cnpg.resumeSchedule': resumeSchedule(operations),
  'cnpg.openWalArchive': openWalArchive(archives),
  'cnpg.openBothWalArchives': openBothWalArchives(archives),
  'cnpg.refreshWalArchive': refreshWalArchive(archives),
  'cnpg.openArchiveFile': openArchiveFile,
  'cnpg.showMoreOfArchive': showMoreOfArchive(tree),
  'cnpg.filterArchiveFolder': filterArchiveFolder(tree),
  'cnpg.refreshArchiveFolder': refreshArchiveFolder(tree),
  'cnpg.goToInWalArchive': goToInWalArchive(archives.documents),
  'cnpg.copyWalArchiveJson': copyWalArchiveJson(archives.documents),
  'cnpg.compareWalArchive': compareWalArchive(archives.documents),
  'cnpg.showTopology': showTopology({ connections, scenes, manifests, panels: topologies }),
  'cnpg.showTopologyInPanel': showTopologyInPanel({ connections, scenes, manifests, panels: topologies }),
  'cnpg.openManifest': openManifest(connections, language),
  'cnpg.openLiveYaml': openLiveYaml({ connections, pages, liveYaml }),
  'cnpg.applyManifest': applyManifest(apply),
  'cnpg.applyBothSides': applyBothSides(apply),
  'cnpg.diffWithLive': diffWithLive({ connections, pages, liveYaml }, language),
  'cnpg.describe': describe({ connections, pages }),
  'cnpg.showLogs': showLogs(connections, pages),
  'cnpg.openPsql': openPsql(connections, kubectlFiles),
  'cnpg.portForward': argument => portForwards.start(argument),
  'cnpg.managePortForwards': port => portForwards.manage(port),
  'cnpg.refreshDocument': refreshDocument({ connections, pages, liveYaml }, language),
  'cnpg.copyName': copyName(connections),
  'cnpg.copyKubectlCommand': copyKubectlCommand(connections, kubectlFiles),
  'cnpg.filterTree': filterTree(tree),
  'cnpg.clearTreeFilter': clearTreeFilter(tree),
  'cnpg.bindMember': bindMember(scenes),
  'cnpg.explainRule': explainRule(extension),
  'cnpg.startPlayground': () => playground.start(connections),
  'cnpg.breakPlayground': breakPlayground(kubeconfigs),
  'cnpg.chooseKubeconfig': chooseKubeconfig,
  'cnpg.showLog': () => log.show(),
});

/**
 * Registers the table. A fault of a command ends as one message, with the way to the log; it never escapes.
 * @param pictures have the things whose menus commands are chosen from: of these VS Code knows only ids
 */
export function registerCommands(
  table: Record<string, Run>,
  pictures: Pick<TopologyPanels, 'find'>,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(table).map(([id, run]) =>
      vscode.commands.registerCommand(id, async (...given: never[]) => {
        try {
          const clicked = parseClicked(given[0]);
          await (clicked === undefined ? run(...given) : runOnItem(run, pictures.find(clicked)));
        } catch (error) {
          report(id, error, log);
        }
      }),
    ),
  );
}

function runOnItem(run: Run, item: Item | undefined): Promise<void> | void {
  if (!item)
    throw new Failure('not-found', {
      what: 'Nothing was done',
      why: 'What was clicked is not on the picture any more.',
      remedy: 'Look at the picture again.',
    });
  return run(...([item.target] as never[]));
}

function report(id: string, error: unknown, log: vscode.LogOutputChannel): void {
  log.error(
    `${id}: ${error instanceof Failure ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  void vscode.window.showErrorMessage(messageOf(error), 'Show Log').then(answer => answer && log.show());
}
