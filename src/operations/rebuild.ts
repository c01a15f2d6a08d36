/**
 * A former primary comes back as a replica cluster of the primary that replaced it. CNPG has no rewind between Clusters (issue
 * 5419), so that it is deleted with its volumes and created anew, archiving into another folder. Three operations, one write
 * each; what is to be created is made before anything is deleted.
 */
import type { NewestWal } from '../model/archive.ts';
import { ownArchive } from '../model/archive.ts';
import type { Cluster } from '../model/cluster.ts';
import { externalCluster, fencedInstances, isReplicaCluster, phases, topologyName } from '../model/cluster.ts';
import type { Instance } from '../model/instances.ts';
import { statusOf } from '../model/instances.ts';
import type { Address } from '../model/kubernetes.ts';
import type { Check } from './checks.ts';
import { check, gitOps, healthy, noRoleChange, operatorActs } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { allReady, copyLimit, phaseWords, readinessWords, undone } from './operation.ts';
import type { OtherSide } from './other-side.ts';
import { repointed } from './rebuilt-manifest.ts';
import type { CreateWrite } from './write.ts';

type Look = NonNullable<Operation['otherSide']>;

/** What is in the folder that it will archive into. */
export type NewFolder =
  | { kind: 'read'; newest: NewestWal | undefined }
  | { kind: 'unreadable'; reason: string }
  | { kind: 'none' };

export interface Rebuild {
  /** The former primary. */
  target: Address;
  /** As it was before: its pods and volumes are known by it. */
  former: Cluster;
  /** What it becomes. */
  manifest: Cluster;
  /** The same as YAML, for people. */
  text: string;
  folder: NewFolder;
  /** Reads the side of the new primary. */
  look: Look;
}

const firstClaim = ({ metadata, status }: Cluster): string => status?.currentPrimary ?? `${metadata.name}-1`;

export function deleteFormer(rebuild: Rebuild): Operation {
  const { target, former, look } = rebuild;
  return {
    title: `Delete the former primary ${target.name}`,
    target,
    unlessThere: withoutUid(former),
    about: { kind: 'PersistentVolumeClaim', name: firstClaim(former) },
    otherSide: look,
    plan: seen => planDeletion(rebuild, seen),
    progress: seen => progressOfDeletion(rebuild, seen),
  };
}

/** No uid: it is not there. */
function withoutUid({ metadata, ...cluster }: Cluster): Cluster {
  const { name, namespace, annotations } = metadata;
  return {
    ...cluster,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(annotations && { annotations }) },
  };
}

const isThere = ({ cluster }: Observed): boolean => cluster.metadata.uid !== undefined;

function planDeletion(rebuild: Rebuild, seen: Observed): OperationPlan {
  const { target, manifest, text } = rebuild;
  const { cluster, otherSide: primary } = seen;
  const name = manifest.spec.replica?.primary ?? '';
  if (!isThere(seen))
    return { checks: [], write: undefined, meaning: `${target.name} is deleted already.`, interrupts: false };
  const leader = leaderOf(seen);
  return {
    checks: [
      sameObject(rebuild.former, cluster),
      ...(primary ? hasSuccessor(primary, cluster) : []),
      entryFor(cluster, name),
      ...folderCheck(rebuild),
      notFollowing(leader, cluster),
      noRoleChange(cluster),
      nothingToRescue(leader, cluster, name),
      ...wouldComeBack(cluster),
    ],
    write: {
      verb: 'delete',
      kind: 'Cluster',
      target,
      uid: cluster.metadata.uid,
      changes: [{ field: `Cluster ${target.name} with its pods, volumes and services`, from: 'there', to: '(absent)' }],
    },
    later: [creationOf(target, manifest, text)],
    meaning: `${target.name} is deleted with its volumes: what it has that ${name} has not is gone. Its old archive stays. Then it is created anew as a replica cluster of ${name}, as shown below; that is confirmed separately.`,
    interrupts: true,
  };
}

const leaderOf = ({ instances }: Observed): Instance | undefined => instances.find(({ role }) => role !== 'standby');

/** What is created afterwards is made of this one. */
const sameObject = (former: Cluster, { metadata }: Cluster): Check =>
  check(
    'blocks',
    `${metadata.name} is the one that was looked at`,
    metadata.uid === former.metadata.uid,
    metadata.uid === former.metadata.uid ? 'it is' : 'it was deleted and created anew meanwhile',
    'Find out who created it, then run the command again.',
  );

/** Is what stands there already what the rebuild was to create? */
export const isRebuilt = (manifest: Cluster, there: Cluster): boolean =>
  isReplicaCluster(there) && there.spec.replica?.primary === manifest.spec.replica?.primary;

/** Without a living primary the former one may be the last copy there is. */
function hasSuccessor({ name, api }: OtherSide, former: Cluster): Check[] {
  const title = `${name} is the primary cluster and accepts writes`;
  const remedy = `Do not delete anything before ${name} is known to be whole.`;
  if (api.kind !== 'answers')
    return [
      check(
        'blocks',
        title,
        'unknown',
        api.kind === 'absent' ? 'there is no such Cluster' : `it cannot be read: ${api.reason}`,
        remedy,
      ),
    ];
  const { cluster, instances } = api.seen;
  const writer = instances.find(({ reading }) => statusOf(reading)?.isPrimary === true);
  const status = statusOf(writer?.reading);
  const [of, ofFormer] = [cluster.status?.systemID, former.status?.systemID];
  return [
    check(
      'blocks',
      title,
      !isReplicaCluster(cluster) && writer !== undefined && cluster.metadata.uid !== former.metadata.uid,
      writer
        ? `${writer.name} writes at ${status?.currentLsn ?? 'an unknown position'} on timeline ${status?.timeLineID ?? 'unknown'}`
        : `no instance of it says that it is a primary; ${phaseWords(cluster)}`,
      remedy,
    ),
    healthy(cluster, 'It is the only copy meanwhile: make it healthy first.'),
    ...(of && ofFormer
      ? [
          check(
            'warns',
            'Copies of one database system',
            of === ofFormer,
            of === ofFormer ? of : `${name} is of system ${of}, ${former.metadata.name} of ${ofFormer}`,
            'They have nothing in common: is it the right Cluster?',
          ),
        ]
      : []),
  ];
}

function entryFor(cluster: Cluster, name: string): Check {
  const entry = externalCluster(cluster, name);
  return check(
    'blocks',
    `${cluster.metadata.name} has an entry for ${name}`,
    entry !== undefined,
    entry ? 'in spec.externalClusters' : 'spec.externalClusters lacks it',
    'Add it first, with what is needed to stream from it or to read its archive.',
  );
}

function folderCheck({ manifest, folder }: Rebuild): Check[] {
  const name = ownArchive(manifest)?.serverName;
  const title = `The folder ${name ?? ''} of its archive is empty`;
  const remedy = 'Choose another name: two lives of a Cluster in one folder break recovery, and archiving refuses it.';
  if (folder.kind === 'none' || name === undefined) return [];
  if (folder.kind === 'unreadable') return [check('warns', title, 'unknown', folder.reason, remedy)];
  return [
    check(
      'blocks',
      title,
      folder.newest === undefined,
      folder.newest ? `${folder.newest.name} is there` : 'no WAL is there',
      remedy,
    ),
  ];
}

function notFollowing(leader: Instance | undefined, cluster: Cluster): Check {
  const status = statusOf(leader?.reading);
  const follows = isReplicaCluster(cluster) && status?.isWalReceiverActive === true && allReady(cluster);
  return {
    ...check(
      'blocks',
      `${cluster.metadata.name} does not follow`,
      !follows,
      follows
        ? `${leader?.name ?? ''} streams, at ${status.replayLsn ?? 'an unknown position'}: there is nothing to rebuild`
        : phaseWords(cluster),
      'Leave it as it is.',
    ),
    yields: true,
  };
}

function nothingToRescue(leader: Instance | undefined, cluster: Cluster, primary: string): Check {
  const status = statusOf(leader?.reading);
  const fenced = fencedInstances(cluster).includes('*');
  return check(
    'warns',
    `${cluster.metadata.name} has nothing that ${primary} lacks`,
    'unknown',
    status?.isPrimary
      ? `it accepts writes now, at ${status.currentLsn ?? 'an unknown position'} on timeline ${status.timeLineID ?? 'unknown'}`
      : fenced
        ? 'it is fenced; what it had written before is not known here'
        : 'what it had written when it was lost is not known here',
    'Copy what must be rescued (pg_dump) before you go on; stop the applications that still write to it.',
  );
}

/** Applied again from Git as it was, it would be a primary once more, and an empty one. */
const wouldComeBack = (cluster: Cluster): Check[] =>
  gitOps(cluster).map(owned => ({
    ...owned,
    severity: 'blocks',
    yields: true,
    remedy:
      'Pause the tool, or write the manifest below into Git first: it would create the old primary again, as a new and empty database.',
  }));

function progressOfDeletion({ target: { name }, former }: Rebuild, seen: Observed): Progress {
  if (isThere(seen) && seen.cluster.metadata.uid !== former.metadata.uid)
    return undone(`another Cluster ${name} was created in its place, perhaps by a tool that applies manifests.`);
  const pods = seen.instances.filter(({ pod }) => pod !== undefined).map(each => each.name);
  if (isThere(seen))
    return {
      kind: 'pending',
      evidence: `${name} is being deleted.`,
      stalled: `Something holds ${name}: look at metadata.finalizers of the Cluster.`,
    };
  if (pods.length > 0 || seen.object)
    return {
      kind: 'pending',
      evidence: `${name} is deleted; still there: ${[...pods, ...(seen.object ? [`volume ${seen.object.metadata.name}`] : [])].join(', ')}.`,
      stalled:
        'The garbage collection of Kubernetes removes them. Look at finalizers of the volumes and at pods that do not end.',
    };
  return { kind: 'done', evidence: `${name}, its pods and its volumes are gone.`, issues: [] };
}

const creationOf = (target: Address, object: Cluster, text: string): CreateWrite => ({
  verb: 'create',
  kind: 'Cluster',
  target,
  object,
  changes: [{ field: 'manifest', from: '(absent)', to: text.trimEnd() }],
});

/** The new primary reads the archive of the rebuilt one after the next switchover: by its new folder. */
export function repointArchive(primary: Address, former: string, serverName: string): Operation {
  return {
    title: `Tell ${primary.name} the new archive of ${former}`,
    target: primary,
    plan({ cluster }): OperationPlan {
      const entries = cluster.spec.externalClusters ?? [];
      const changed = repointed(entries, former, serverName);
      const entry = externalCluster(cluster, former);
      const old = entry?.plugin?.parameters?.serverName ?? entry?.barmanObjectStore?.serverName;
      const needed =
        entry !== undefined && (entry.plugin ?? entry.barmanObjectStore) !== undefined && old !== serverName;
      const at = `spec.externalClusters[${former}].${entry?.plugin ? 'plugin.parameters' : 'barmanObjectStore'}.serverName`;
      return {
        checks: [noRoleChange(cluster), operatorActs(cluster, 'warns'), ...gitOps(cluster)],
        write: needed
          ? {
              verb: 'patch',
              kind: 'Cluster',
              target: primary,
              resourceVersion: cluster.metadata.resourceVersion,
              patch: { spec: { externalClusters: changed } },
              changes: [{ field: at, from: old ?? '(absent)', to: serverName }],
            }
          : undefined,
        meaning: `The entry for ${former} in ${primary.name} names the folder that ${former} archives into from now on. It is read when ${primary.name} follows ${former} some day; nothing restarts.`,
        interrupts: false,
      };
    },
    progress({ cluster }): Progress {
      const entry = externalCluster(cluster, former);
      const now = entry?.plugin?.parameters?.serverName ?? entry?.barmanObjectStore?.serverName;
      if (entry && (entry.plugin ?? entry.barmanObjectStore) && now !== serverName)
        return undone(`the entry for ${former} names ${now ?? 'no folder'}.`);
      return { kind: 'done', evidence: `${primary.name} knows the archive of ${former} as ${serverName}.`, issues: [] };
    },
  };
}

export function createRebuilt(rebuild: Rebuild): Operation {
  const { target, manifest, text, look } = rebuild;
  const primary = manifest.spec.replica?.primary ?? '';
  return {
    title: `Create ${target.name} anew as a replica of ${primary}`,
    target,
    unlessThere: withoutUid(manifest),
    otherSide: look,
    limit: copyLimit,
    plan(seen): OperationPlan {
      const { cluster, otherSide } = seen;
      const there = isThere(seen);
      const ours = isRebuilt(manifest, cluster);
      return {
        checks: [
          ...(there
            ? [
                check(
                  'blocks',
                  `${target.name} is not there`,
                  ours,
                  ours ? 'it was created meanwhile' : 'somebody created another one of that name',
                  'Delete it first, by running the command again.',
                ),
              ]
            : []),
          ...(otherSide && !there ? hasSuccessor(otherSide, cluster) : []),
          // Once it is there, what is in the folder is its own.
          ...(there ? [] : folderCheck(rebuild)),
        ],
        write: there ? undefined : creationOf(target, manifest, text),
        meaning: `${target.name} is created as a replica cluster of ${primary}: it copies the whole database from there, which takes as long as its size needs, then it follows.`,
        interrupts: false,
        history: { kind: 'rebuild', partner: primary, loss: 'what only the former primary had' },
      };
    },
    afterwards: [
      `Write this manifest into the workspace: the old one would make ${target.name} a primary again.`,
      `Look at the ScheduledBackups of ${target.name}, and delete its old archive when nobody needs it any more.`,
    ],
    progress: seen => progressOfCreation(target, primary, seen),
  };
}

function progressOfCreation({ name }: Address, primary: string, seen: Observed): Progress {
  const { cluster } = seen;
  if (!isThere(seen)) return undone(`${name} was deleted.`);
  if (!isReplicaCluster(cluster)) return undone(`${name} is a primary cluster by its manifest.`);
  const leader = leaderOf(seen);
  const status = statusOf(leader?.reading);
  if (cluster.status?.phase === phases.unrecoverable)
    return {
      kind: 'failed',
      problem: `${name}: ${phaseWords(cluster)}`,
      remedy: 'Look at the log of its first job: it says why the copy failed.',
    };
  if (cluster.status?.phase !== phases.healthy || !allReady(cluster) || !leader)
    return {
      kind: 'pending',
      evidence: `${phaseWords(cluster)}; ${readinessWords(cluster)}.`,
      stalled: `Look at the jobs and events of ${name}: can it reach ${primary}, or read its archive? Is there a base backup of the new timeline?`,
    };
  const issues = status
    ? status.isWalReceiverActive
      ? []
      : [`${leader.name} does not stream from ${primary}: it follows by the archive at most.`]
    : [`Whether ${leader.name} follows could not be verified.`];
  return {
    kind: 'done',
    evidence: `${name} is a replica cluster of ${topologyName(cluster) === name ? primary : `${primary}, called ${topologyName(cluster)}`}, replayed to ${status?.replayLsn ?? 'an unknown position'}; ${readinessWords(cluster)}.`,
    issues,
  };
}
