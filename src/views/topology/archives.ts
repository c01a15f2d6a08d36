/** The archive of one member: its newest segment, whether it grows, and what its last listing found. */
import { archiveHealth } from '../../model/alarms-archive.ts';
import type { ArchiveReading } from '../../model/archive-reading.ts';
import { readingWords } from '../../model/archive-reading.ts';
import type { ArchiveReference } from '../../model/archive.ts';
import { archivePath, locateArchive, ownArchive, sourceArchive } from '../../model/archive.ts';
import { isReplicaCluster, skipsArchiving } from '../../model/cluster.ts';
import { formatTime } from '../../model/duration.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { Side } from '../../model/side.ts';
import type { Scene } from '../tree/node.ts';
import { archiveActions, writtenActions } from './actions.ts';
import type { Drawn } from './nodes.ts';
import { boxId, facts, isWritten, objectEvidence, targetOf, unseen } from './nodes.ts';
import type { Fact, Node, State, Target } from './picture.ts';

export const archiveId = ({ member }: Side): string => `archive ${addressKey(member.address)}`;

/** The archive that a Cluster writes: where, or why that is not known. */
export function ownPlace(side: Side): { reference: ArchiveReference | undefined; path: string; lost: boolean } {
  const reference = ownArchive(side.cluster);
  if (!reference) return { reference, path: 'none configured', lost: false };
  const located = locateArchive(reference, side.member.address.namespace, side.snapshot.objectStores);
  if (typeof located !== 'string') return { reference, path: archivePath(located), lost: false };
  const unread = !side.readable || side.snapshot.unread.ObjectStore !== undefined;
  const store = reference.by === 'plugin' ? reference.objectStore : '';
  return { reference, path: `${unread ? '' : 'missing '}ObjectStore ${store}`, lost: !unread };
}

/** Where a replica cluster restores from. */
export const readPath = (side: Side): string | undefined => pathOf(sourceArchive(side.cluster), side);

/** Of an archive that a Cluster names, as far as its place is known. */
export function pathOf(reference: ArchiveReference | undefined, { member, snapshot }: Side): string | undefined {
  const located = reference && locateArchive(reference, member.address.namespace, snapshot.objectStores);
  return typeof located === 'object' ? archivePath(located) : undefined;
}

export function archivingState(side: Side, scene: Scene): { state: State; why: string } {
  const hidden = unseen(side);
  if (hidden) return hidden;
  if (!ownArchive(side.cluster)) return { state: 'warn', why: 'no archive is configured' };
  if (skipsArchiving(side.cluster)) return { state: 'warn', why: 'archiving is switched off' };
  const health = archiveHealth(side, scene.moment);
  if (health.state === 'fails') return { state: 'broken', why: `archiving fails: ${health.why}` };
  const waiting = side.status?.readyWalFiles ?? 0;
  if (waiting > 5) return { state: 'warn', why: `${waiting} segments wait to be archived` };
  return health.state === 'works'
    ? { state: 'up', why: 'archives' }
    : { state: 'unknown', why: 'not known to archive' };
}

export function drawArchive({ side, differs, manifest, reading, reader }: Drawn, scene: Scene): Node {
  const { cluster, status, member, snapshot } = side;
  const { reference, path, lost } = ownPlace(side);
  const { state, why } = lost
    ? { state: 'broken' as const, why: 'its ObjectStore does not exist' }
    : withReading(archivingState(side, scene), reading, scene);
  const newest = status?.lastArchivedWAL ?? reading?.newest;
  const store =
    reference?.by === 'plugin'
      ? snapshot.objectStores.find(
          ({ metadata }) => metadata.name === reference.objectStore && metadata.namespace === member.address.namespace,
        )
      : undefined;
  const window = store?.status?.serverRecoveryWindow?.[reference?.serverName ?? ''];
  const difference = differs.get('archive');
  const written = isWritten(side);
  const unlisted = (written && !reader) || !reference ? [] : ['not listed yet'];
  return {
    id: archiveId(side),
    kind: 'archive',
    box: boxId(side),
    place: 0,
    crowned: false,
    lines: [
      'WAL archive',
      path,
      ...(newest ? [newest] : written || !reference ? [] : [state === 'broken' ? 'failing' : 'newest unknown']),
      ...(reading ? [readingWords(reading), listedAt(reading, scene)] : unlisted),
    ],
    state,
    why,
    facts: facts(
      ['Place', path],
      ['Name of the server in it', reference?.serverName],
      ['Newest segment', newest],
      ['Archived at', status?.lastArchivedWALTime],
      [
        'Last failed',
        status?.lastFailedWAL && `${status.lastFailedWAL} at ${status.lastFailedWALTime ?? 'an unknown time'}`,
      ],
      ['Segments that wait', status?.readyWalFiles],
      ['Restorable from', window?.firstRecoverabilityPoint],
      ['Last backup', window?.lastSuccessfulBackupTime],
      ['Can be listed through', reader && `${reader.cluster.metadata.name}, which reads it`],
      ...(reading ? readingFacts(reading, scene) : unlisted.map(words => ['Listing', words] as const)),
    ),
    evidence: [
      written
        ? objectEvidence(side, '', scene, manifest)
        : `Archiver's counters of ${side.leader?.name ?? 'the primary'}, condition ContinuousArchiving of ${cluster.metadata.name}, ObjectStore.`,
      ...(reading ? [`Listing read at ${formatTime(reading.readAt, scene.moment.now)}.`] : []),
    ].join(' '),
    differs: difference === undefined ? [] : [`archive: ${difference}`],
    target: reader
      ? archiveTarget(reader, 'source', sourceArchive(reader.cluster))
      : archiveTarget(side, 'own', store && reference),
    row: reader ? 'archive' : written ? 'written' : reference ? 'archive' : 'archive.none',
    actions: reader
      ? archiveActions(false)
      : written
        ? writtenActions
        : reference
          ? archiveActions(isReplicaCluster(cluster))
          : [],
  };
}

/** @param reference as the Cluster of that side has it */
const archiveTarget = (side: Side, archive: 'own' | 'source', reference: ArchiveReference | undefined): Target => ({
  ...(reference?.by === 'plugin'
    ? targetOf(side, 'ObjectStore', reference.objectStore)
    : targetOf(side, 'Cluster', side.cluster.metadata.name)),
  archive,
});

const listedAt = ({ readAt }: ArchiveReading, { moment }: Scene): string =>
  `listed at ${formatTime(readAt, moment.now)}`;

/** That archiving goes on does not help an archive with a gap. */
function withReading(
  archiving: { state: State; why: string },
  reading: ArchiveReading | undefined,
  scene: Scene,
): { state: State; why: string } {
  if (archiving.state === 'broken' || reading?.verdict !== 'failure') return archiving;
  return { state: 'broken', why: `${readingWords(reading)}, ${listedAt(reading, scene)}` };
}

function readingFacts(reading: ArchiveReading, { moment }: Scene): Fact[] {
  const { firstMissing, recoveryWindow, errors, warnings, truncated } = reading;
  return facts(
    ['Listed', `${formatTime(reading.readAt, moment.now)}${truncated ? ', in part' : ''}`],
    ['Newest when listed', reading.newest],
    [
      'Gaps',
      firstMissing !== undefined
        ? `${readingWords(reading)}, the first is ${firstMissing}`
        : truncated
          ? 'none in what was listed'
          : 'none in the line that is followed',
    ],
    [
      'Recovery window',
      recoveryWindow
        ? `${recoveryWindow.from} to ${recoveryWindow.to}`
        : 'none: no base backup can be restored to the end',
    ],
    ...errors.slice(0, 3).map(({ code, message }): Fact => [`Error ${code}`, message]),
    ['Warnings', warnings === 0 ? undefined : `${warnings}: see the listing`],
  );
}
