/** What can be done with a thing of the picture: the commands of the tree, by the state of the thing. */
import {
  fencedInstances,
  hibernated,
  isReplicaCluster,
  isStandalone,
  tokenPending,
  tokenUsed,
} from '../../model/cluster.ts';
import type { Instance } from '../../model/instances.ts';
import type { Side } from '../../model/side.ts';
import type { Action } from './picture.ts';

const titles = {
  'cnpg.connect': 'Connect…',
  'cnpg.promoteReplicaCluster': 'Promote…',
  'cnpg.promoteWithToken': 'Promote with a Saved Token…',
  'cnpg.withdrawPromotion': 'Withdraw Promotion…',
  'cnpg.failOverToReplicaCluster': 'Fail Over…',
  'cnpg.switchPrimaryInstance': 'Switch Primary…',
  'cnpg.fenceInstance': 'Fence…',
  'cnpg.unfenceInstance': 'Unfence…',
  'cnpg.restartInstance': 'Restart…',
  'cnpg.hibernateCluster': 'Hibernate…',
  'cnpg.wakeCluster': 'Wake…',
  'cnpg.backUpNow': 'Back Up Now…',
  'cnpg.clearUsedToken': 'Clear Used Token…',
  'cnpg.rebuildFormerPrimary': 'Rebuild Former Primary…',
  'cnpg.openWalArchive': 'Open WAL Archive',
  'cnpg.openBothWalArchives': 'Open Both WAL Archives',
  'cnpg.describe': 'Describe',
  'cnpg.showLogs': 'Show Logs',
  'cnpg.openPsql': 'Open psql',
  'cnpg.openManifest': 'Open Manifest',
  'cnpg.diffWithLive': 'Diff with Live',
  'cnpg.openLiveYaml': 'Open Live YAML',
  'cnpg.bindMember': 'Bind Member…',
} as const;

type Command = keyof typeof titles;

const listed = (commands: readonly (Command | false)[]): Action[] =>
  commands.flatMap(command => (command === false ? [] : [{ command, title: titles[command] }]));

/** Without any cluster there is only what was written. */
export const writtenActions = listed(['cnpg.openManifest', 'cnpg.connect']);
export const missingActions = listed(['cnpg.connect', 'cnpg.bindMember']);

export interface Chances {
  /** No other member can be written to, as far as can be seen. */
  primaryLost: boolean;
  /** It was demoted in favour of this one before it was lost. */
  tokenKnown: boolean;
  /** Another member took its place. */
  former: boolean;
}

export function clusterActions({ cluster, readable }: Side, { primaryLost, tokenKnown, former }: Chances): Action[] {
  const replica = isReplicaCluster(cluster) && readable;
  const asleep = hibernated(cluster);
  return listed([
    !readable && 'cnpg.connect',
    replica && !isStandalone(cluster) && !tokenKnown && 'cnpg.promoteReplicaCluster',
    tokenPending(cluster) && readable && 'cnpg.withdrawPromotion',
    replica && primaryLost && tokenKnown && 'cnpg.promoteWithToken',
    replica && !isStandalone(cluster) && primaryLost && 'cnpg.failOverToReplicaCluster',
    former && 'cnpg.rebuildFormerPrimary',
    tokenUsed(cluster) && 'cnpg.clearUsedToken',
    (cluster.spec.instances ?? 1) > 1 && !asleep && 'cnpg.switchPrimaryInstance',
    !asleep && 'cnpg.fenceInstance',
    fencedInstances(cluster).length > 0 && 'cnpg.unfenceInstance',
    !asleep && 'cnpg.backUpNow',
    asleep ? 'cnpg.wakeCluster' : 'cnpg.hibernateCluster',
    'cnpg.showLogs',
    'cnpg.describe',
    'cnpg.openManifest',
    'cnpg.diffWithLive',
    'cnpg.openLiveYaml',
  ]);
}

export const instanceActions = ({ role, fenced, pod }: Instance): Action[] =>
  listed([
    role === 'standby' && 'cnpg.switchPrimaryInstance',
    fenced ? 'cnpg.unfenceInstance' : 'cnpg.fenceInstance',
    'cnpg.restartInstance',
    pod !== undefined && 'cnpg.showLogs',
    pod !== undefined && 'cnpg.openPsql',
    pod !== undefined && 'cnpg.describe',
    pod !== undefined && 'cnpg.openLiveYaml',
  ]);

export const serviceActions = listed(['cnpg.describe', 'cnpg.openLiveYaml']);
export const archiveActions = (replica: boolean): Action[] =>
  listed(['cnpg.openWalArchive', replica && 'cnpg.openBothWalArchives', 'cnpg.openManifest']);
/** Of a line: what it depends on is written in the Cluster that it leads to. */
export const edgeActions = listed(['cnpg.openManifest', 'cnpg.describe', 'cnpg.showLogs']);
