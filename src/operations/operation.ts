/**
 * What an operation inside one Cluster is: from what is observed, the checks and the write; from what is observed afterwards,
 * how far it has come. No I/O here: `run-operation.ts` reads, asks and writes. Nothing is remembered, so that an operation that
 * was begun in an earlier window is found by running it again.
 */
import type { ObjectKind } from '../kubernetes/contract.ts';
import type { Cluster } from '../model/cluster.ts';
import { isReplicaCluster } from '../model/cluster.ts';
import type { Instance } from '../model/instances.ts';
import { statusOf } from '../model/instances.ts';
import type { Address, KubernetesObject } from '../model/kubernetes.ts';
import type { Loss } from '../model/loss.ts';
import type { RunKind } from '../model/run-history.ts';
import type { Check } from './checks.ts';
import type { OtherSide } from './other-side.ts';
import type { PatchWrite, Write } from './write.ts';
import { shown } from './write.ts';

/** A Cluster as just read. */
export interface Observed {
  cluster: Cluster;
  instances: Instance[];
  /** The other object that the operation is about; `undefined`: there is none of that name. */
  object: KubernetesObject | undefined;
  /** Only of operations that look there, and only before the write. */
  otherSide?: OtherSide;
}

export interface OperationPlan {
  checks: Check[];
  /** `undefined`: the Cluster is told so already, and what is left is to follow. */
  write: Write | undefined;
  /** What it does to the service, in sentences: shown above the checks and in the confirmation. */
  meaning: string;
  /** It interrupts service: the Cluster's name has to be typed. */
  interrupts: boolean;
  /** Writes of operations that follow: shown and dry-run with this one, confirmed and sent with theirs. */
  later?: readonly Write[];
  /** Goes into the history of the topology: what it is, who else takes part, where that one was and what is lost. */
  history?: { kind: RunKind; partner: string; loss: string; timeline?: number; lsn?: string };
  /** To be typed instead of the Cluster's name. */
  sentence?: string;
  /** What is lost, as far as it is known: the sentence says it. */
  loss?: Loss | undefined;
}

/** Milliseconds for what copies a whole database. */
export const copyLimit = 24 * 60 * 60_000;

/** How far it has come since the write. */
export type Progress =
  | { kind: 'pending'; evidence: string; stalled: string }
  | { kind: 'done'; evidence: string; issues: string[] }
  /** It will not come to its end by itself. */
  | { kind: 'failed'; problem: string; remedy: string };

export interface Operation {
  /** In the imperative: `Fence cluster-eu-2`. */
  title: string;
  /** The Cluster. */
  target: Address;
  /** Another object that is read with the Cluster, in its namespace. */
  about?: { kind: ObjectKind; name: string };
  /** What stands for the Cluster while it is not there: without a uid. Absent: it has to be there. */
  unlessThere?: Cluster;
  /** Reads the other member of the topology, for the plan. */
  otherSide?(cluster: Cluster, signal: AbortSignal): Promise<OtherSide>;
  plan(seen: Observed): OperationPlan;
  /** What is left to people when it is completed, a sentence each. */
  afterwards?: readonly string[];
  /** Milliseconds for which it is followed, where the size of the database says how long it takes. */
  limit?: number;
  /** @param sent the write of this run; `undefined`: it was written before */
  progress(seen: Observed, sent: Write | undefined): Progress;
}

/** Of a promotion that was written before. */
export const onlyToFollow = ({ name }: Address): OperationPlan => ({
  checks: [],
  write: undefined,
  meaning: `${name} is the primary cluster by its manifest: what is left is to follow it to the end.`,
  interrupts: false,
});

/** What the instance that the others follow is called: in a replica cluster it is no primary. */
export const leaderWord = (cluster: Cluster): 'primary' | 'designated primary' =>
  isReplicaCluster(cluster) ? 'designated primary' : 'primary';

/** `cluster-eu, the primary cluster`. */
export const clusterWords = (cluster: Cluster): string =>
  `${cluster.metadata.name}, ${isReplicaCluster(cluster) ? 'a replica cluster' : 'the primary cluster'}`;

export const phaseWords = ({ status }: Cluster): string =>
  [status?.phase ?? 'no phase', status?.phaseReason].filter(Boolean).join(': ');

export const readinessWords = ({ spec, status }: Cluster): string =>
  `${status?.readyInstances ?? 0} of ${spec.instances ?? 1} instances ready`;

export const allReady = ({ spec, status }: Cluster): boolean => (status?.readyInstances ?? 0) >= (spec.instances ?? 1);

/** By what its instance says, else by what the operator reported last: not everybody may ask instances. */
export function acceptsWrites({ cluster, instances }: Observed): boolean {
  const leader = instances.find(({ role }) => role !== 'standby');
  const reported = cluster.status?.instancesReportedState?.[cluster.status.currentPrimary ?? '']?.isPrimary;
  return (statusOf(leader?.reading)?.isPrimary ?? reported) === true;
}

/** Of a promotion that somebody undid. */
export const changedBack = (name: string): Progress => ({
  kind: 'failed',
  problem: `${name} is a replica cluster by its manifest again: somebody else, or a tool that applies manifests, changed it back. It may have been promoted meanwhile.`,
  remedy: 'Look at the timelines of its instances and find out who wrote spec.replica.primary.',
});

/** Of a promotion whose Cluster accepts writes. @param writes says so, with its timeline */
export const restarting = (cluster: Cluster, writes: string): Progress => ({
  kind: 'pending',
  evidence: `${writes}. ${phaseWords(cluster)}; ${readinessWords(cluster)}. Instances restart because archive_mode changes; the primary's restart interrupts writes once more.`,
  stalled: `${cluster.metadata.name} accepts writes, but not all its instances came back. Look at the pods that are not ready.`,
});

/** @param problem what is no longer as it was requested */
export const undone = (problem: string): Progress => ({
  kind: 'failed',
  problem: `Somebody else made another change meanwhile: ${problem}`,
  remedy: 'Find out who did (a GitOps tool may have reverted it), then run the command again.',
});

/** Sets an annotation of the Cluster; `null` removes it. */
export function annotate(target: Address, cluster: Cluster, annotation: string, value: string | null): PatchWrite {
  return {
    verb: 'patch',
    kind: 'Cluster',
    target,
    resourceVersion: cluster.metadata.resourceVersion,
    patch: { metadata: { annotations: { [annotation]: value } } },
    changes: [
      {
        field: `metadata.annotations["${annotation}"]`,
        from: shown(cluster.metadata.annotations?.[annotation]),
        to: shown(value),
      },
    ],
  };
}
