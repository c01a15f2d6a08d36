/** From primary cluster to replica cluster: all is fenced, PostgreSQL shut down, its last checkpoint becomes the demotion token. */
import { annotations } from '../../model/cluster.ts';
import { encodeToken } from '../../model/token.ts';
import { resources } from './client.ts';
import type { Reconciliation } from './reconciliation.ts';
import {
  leaderOf,
  operatorVersion,
  precise,
  ready,
  reportInstances,
  setConditions,
  setStatus,
} from './reconciliation.ts';

const fencing = (r: Reconciliation, value: string | null): Promise<void> =>
  r.client.mergePatch(resources.clusters, r.namespace, r.name, {
    metadata: { annotations: { [annotations.fencedInstances]: value } },
  });

const transition = 'ReplicaClusterDesignatedPrimaryTransition';
const afterCreation = {
  reason: 'ReplicaClusterAfterCreation',
  message: 'Enabled external cluster after a node was generated',
};

export async function demote(r: Reconciliation): Promise<void> {
  await r.pause(0.2);
  await setConditions(r, [ready(false)], {
    phase: 'Applying configuration',
    phaseReason: 'PostgreSQL configuration changed',
  });
  await r.pause(0.1);
  await setStatus(r, { lastPromotionToken: null });
  await r.pause(0.1);
  await fencing(r, '["*"]');
  await setConditions(
    r,
    [
      { type: transition, status: 'False', ...afterCreation },
      { type: 'ReplicaClusterFencing', status: 'True', ...afterCreation },
      {
        type: 'ReplicaClusterSwitch',
        status: 'False',
        reason: 'ReplicaEnabledSetTrue',
        message: 'Starting the Replica cluster transition',
      },
    ],
    { switchReplicaClusterStatus: { inProgress: true } },
  );
  await r.pause(0.1);
  const token = r.world.demote(r.database, operatorVersion);
  const leader = leaderOf(r);
  leader.running = false;
  await setConditions(
    r,
    [
      {
        type: transition,
        status: 'True',
        reason: 'TransitionCompleted',
        message: 'Instance Manager has completed the DesignatedPrimary transition',
      },
    ],
    { currentPrimaryTimestamp: precise(r), phaseReason: null },
  );
  await r.pause(0.1);
  await setConditions(
    r,
    [
      {
        type: 'ConsistentSystemID',
        status: 'False',
        reason: 'NotFound',
        message: 'Instances are present, but none have reported a system ID.',
      },
    ],
    {
      systemID: null,
      instancesReportedState: { [leader.name]: { isPrimary: false, timeLineID: null } },
    },
  );
  await r.pause(0.7);
  // Without the last segment in the archive there is no token, and nobody writes.
  while (r.database.archive && !r.database.archive.writable) await r.pause(0.5);
  await setStatus(r, { demotionToken: encodeToken(token) });
  await fencing(r, null);
  leader.running = true;
  await r.pause(0.2);
  await setConditions(
    r,
    [
      transition,
      'ReplicaClusterFencing',
      {
        type: 'ReplicaClusterSwitch',
        status: 'True',
        reason: 'ReplicaEnabledSetTrue',
        message: 'Completed the Replica cluster transition',
      },
    ],
    { switchReplicaClusterStatus: { inProgress: null } },
  );
  await reportInstances(r);
  await r.pause(0.3);
  await setConditions(r, [ready(true)], { phase: 'Cluster in healthy state', phaseReason: null });
}
