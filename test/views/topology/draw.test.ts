/** What the picture shows, and in which state: `reference` is the user's drawing and what each part of it is derived from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveReading } from '../../../src/model/archive-reading.ts';
import type { ExternalCluster } from '../../../src/model/cluster.ts';
import type { ContextSnapshot } from '../../../src/model/snapshot.ts';
import type { Beside } from '../../../src/views/topology/draw.ts';
import type { Edge, EdgeKind, Picture } from '../../../src/views/topology/picture.ts';
import { isBox, isEdge, isNode } from '../../../src/views/topology/picture.ts';
import { member, pod, snapshotOf } from '../../support/clusters.ts';
import { pair, pictureOf, saying, snapshotsOf } from '../../support/topologies.ts';

const edges = (picture: Picture, kind: EdgeKind): Edge[] =>
  picture.items.filter(isEdge).filter(each => each.kind === kind);
const edgeTo = (picture: Picture, kind: EdgeKind, name: string): Edge => {
  const found = edges(picture, kind).find(({ to, from }) => to.includes(name) || from.includes(name));
  assert.ok(found, `${kind} ${name}`);
  return found;
};
const node = (picture: Picture, name: string) => {
  const found = picture.items.filter(isNode).find(({ lines, kind }) => kind === 'instance' && lines[1] === name);
  assert.ok(found, name);
  return found;
};

const unreadable = (context: string, snapshots = pair()): ContextSnapshot[] =>
  snapshots.map(each =>
    each.context === context ? { ...each, state: 'failed' as const, error: '401 Unauthorized' } : each,
  );

test('the parts of the drawing: two boxes, services, instances, archives, and the lines between', () => {
  const picture = pictureOf(pair());
  const kinds = Object.entries(Object.groupBy(picture.items, ({ kind }) => kind)).map(([kind, all]) => [
    kind,
    all?.length,
  ]);
  assert.deepEqual(Object.fromEntries(kinds), {
    box: 2,
    service: 2,
    instance: 6,
    archive: 2,
    serves: 2,
    streaming: 4,
    archive_command: 2,
    'cross-streaming': 1,
    restore_command: 1,
    'way-back': 1,
  });
  assert.deepEqual(
    picture.items.filter(isBox).map(({ title, subtitle, state }) => [title, subtitle, state]),
    [
      ['eu · cluster-eu', 'primary cluster · Cluster in healthy state', 'up'],
      ['us · cluster-us', 'replica cluster · Cluster in healthy state', 'up'],
    ],
  );
  assert.equal(picture.source, 'observed');
});

test('lines go the way the WAL goes, and turn around with the roles', () => {
  const roles = { replica: { primary: 'cluster-us' } };
  const words = (picture: Picture) => edges(picture, 'cross-streaming')[0]?.words ?? '';
  assert.match(words(pictureOf(pair())), /^cluster-eu-1 streams to cluster-us-1\./);
  assert.match(words(pictureOf(pair(roles, roles))), /^cluster-us-1 streams to cluster-eu-1\./);
});

test('the crown is the primary’s', () => {
  const crowned = (picture: Picture) =>
    picture.items
      .filter(isNode)
      .filter(each => each.crowned)
      .map(({ lines }) => lines[1]);
  const roles = { replica: { primary: 'cluster-us' } };
  assert.deepEqual(crowned(pictureOf(pair())), ['cluster-eu-1']);
  assert.deepEqual(crowned(pictureOf(pair(roles, roles))), ['cluster-us-1']);
  assert.deepEqual(
    crowned(pictureOf(pair({ status: { currentPrimary: 'cluster-eu-2', targetPrimary: 'cluster-eu-2' } }))),
    ['cluster-eu-2'],
  );
});

test('states of instances', () => {
  const rows: [string, ContextSnapshot[], string, string, string][] = [
    ['primary', pair(), 'cluster-eu-1', 'up', 'accepts writes'],
    ['designated primary', pair(), 'cluster-us-1', 'up', 'streaming'],
    ['primary in recovery', saying('cluster-eu-1', { isPrimary: false }), 'cluster-eu-1', 'broken', 'in recovery'],
    ['replica that writes', saying('cluster-us-1', { isPrimary: true }), 'cluster-us-1', 'broken', 'accepts writes'],
    [
      'standby without receiver',
      saying('cluster-eu-2', { isWalReceiverActive: false }),
      'cluster-eu-2',
      'warn',
      'no WAL receiver',
    ],
    [
      'being demoted',
      pair({ replica: { primary: 'cluster-us' }, status: { switchReplicaClusterStatus: { inProgress: true } } }),
      'cluster-eu-1',
      'warn',
      'still accepts writes',
    ],
    ['replay paused', saying('cluster-us-2', { replayPaused: true }), 'cluster-us-2', 'warn', 'replay paused'],
    ['restart pending', saying('cluster-eu-3', { pendingRestart: true }), 'cluster-eu-3', 'warn', 'restart pending'],
    ['pg_rewind', saying('cluster-eu-3', { isPgRewindRunning: true }), 'cluster-eu-3', 'warn', 'pg_rewind runs'],
    [
      'not ready',
      pair().map(each => ({ ...each, pods: [pod('cluster-eu', 1, false)] })),
      'cluster-eu-1',
      'broken',
      'not ready',
    ],
    ['no pod', pair().map(each => ({ ...each, pods: [] })), 'cluster-eu-2', 'broken', 'no pod'],
    [
      'pods forbidden',
      pair().map(each => ({ ...each, pods: [], unread: { Pod: '403' } })),
      'cluster-eu-2',
      'unknown',
      'pods cannot be read',
    ],
    ['no status', pair().map(each => ({ ...each, instanceStatus: {} })), 'cluster-eu-2', 'unknown', 'status unknown'],
    ['context lost', unreadable('eu'), 'cluster-eu-1', 'unknown', 'eu cannot be read'],
    [
      'fenced standby',
      pair({ annotations: { 'cnpg.io/fencedInstances': '["cluster-eu-2"]' } }),
      'cluster-eu-2',
      'warn',
      'fenced',
    ],
    [
      'fenced primary',
      pair({ annotations: { 'cnpg.io/fencedInstances': '["*"]' } }),
      'cluster-eu-1',
      'broken',
      'fenced',
    ],
  ];
  for (const [title, snapshots, name, state, why] of rows) {
    const found = node(pictureOf(snapshots), name);
    assert.deepEqual([found.state, found.why], [state, why], title);
  }
});

test('what was said too long ago is unknown', () => {
  const picture = pictureOf(pair(), {}, 10 * 60_000);
  assert.equal(node(picture, 'cluster-eu-1').state, 'unknown');
  assert.match(node(picture, 'cluster-eu-1').evidence, /too long ago/);
  assert.equal(edgeTo(picture, 'cross-streaming', 'cluster-us-1').state, 'unknown');
});

test('states and labels of lines', () => {
  const behind = { replayLsn: '0/A0000A0', receivedLsn: '0/A0000A0' };
  const far = { currentLsn: '1/E0000A0' };
  const off = { isWalReceiverActive: false };
  const failing = {
    lastFailedWAL: '00000003000000000000000E',
    lastFailedWALTime: '1970-01-01T00:00:00Z',
    isArchivingWAL: false,
  };
  const rows: [string, ContextSnapshot[], EdgeKind, string, string, string][] = [
    ['streaming across', pair(), 'cross-streaming', 'cluster-us-1', 'up', 'streaming · lag 0 B'],
    [
      'lag across',
      saying('cluster-us-1', behind),
      'cross-streaming',
      'cluster-us-1',
      'up',
      'streaming · lag 64 MB · 4 seg.',
    ],
    [
      'lag above the limit',
      saying('cluster-eu-1', far),
      'cross-streaming',
      'cluster-us-1',
      'warn',
      'streaming · lag 4.0 GB · 256 seg.',
    ],
    [
      'archive only',
      saying('cluster-us-1', { ...off, replayLsn: '0/E0000A0' }),
      'cross-streaming',
      'cluster-us-1',
      'warn',
      'streaming · interrupted',
    ],
    ['source unread', unreadable('eu'), 'cross-streaming', 'cluster-us-1', 'warn', 'streaming · source unread'],
    ['target unread', unreadable('us'), 'cross-streaming', 'cluster-us-1', 'unknown', 'streaming · unknown'],
    ['second way', pair(), 'restore_command', 'cluster-us-1', 'idle', 'restore_command · stands by'],
    [
      'the only way',
      saying('cluster-us-1', { ...off, replayLsn: '0/E0000A0' }),
      'restore_command',
      'cluster-us-1',
      'up',
      'restore_command',
    ],
    ['standby', saying('cluster-eu-2', behind), 'streaming', 'cluster-eu-2', 'up', 'lag 64 MB · 4 seg.'],
    ['standby without receiver', saying('cluster-eu-2', off), 'streaming', 'cluster-eu-2', 'broken', 'lag 0 B'],
    ['archives', pair(), 'archive_command', 'cluster-eu', 'up', 'archive_command'],
    [
      'archiving fails',
      saying('cluster-eu-1', failing),
      'archive_command',
      'cluster-eu',
      'broken',
      'archive_command fails',
    ],
    [
      'segments wait',
      saying('cluster-eu-1', { readyWalFiles: 12 }),
      'archive_command',
      'cluster-eu',
      'warn',
      'archive_command · 12 wait',
    ],
  ];
  for (const [title, snapshots, kind, name, state, label] of rows) {
    const found = edgeTo(pictureOf(snapshots, {}, 60_000), kind, name);
    assert.deepEqual([found.state, found.label], [state, label], title);
  }
});

test('the service leads to the pods that it selects and that are ready, whoever the primary is to be', () => {
  /** The pair, where the pod of cluster-eu with this number has the label of the primary. */
  const labelled = (serial: number, ready = true): ContextSnapshot[] =>
    pair().map(each => ({
      ...each,
      pods: each.pods.map(known => {
        const { name, labels } = known.metadata;
        if (!name.startsWith('cluster-eu')) return known;
        const role = name === `cluster-eu-${serial}` ? 'primary' : 'replica';
        return {
          ...(ready || role === 'replica' ? known : pod('cluster-eu', serial, false)),
          metadata: { ...known.metadata, labels: { ...labels, 'cnpg.io/instanceRole': role } },
        };
      }),
    }));
  const rows: [string, ContextSnapshot[], [string, string], [string, string, string]][] = [
    ['as it should be', labelled(1), ['up', 'accepts writes'], ['cluster-eu-1', 'up', 'the pod is ready']],
    [
      'roles change',
      labelled(2),
      ['warn', 'leads to cluster-eu-2, which is a standby'],
      ['cluster-eu-2', 'warn', 'the primary is cluster-eu-1'],
    ],
    [
      'the one that it selects is not ready',
      labelled(1, false),
      ['broken', 'no ready pod behind it'],
      ['cluster-eu-1', 'broken', 'no ready pod behind it'],
    ],
    [
      'no such Service',
      pair().map(each => ({ ...each, services: [] })),
      ['broken', 'the Service does not exist'],
      ['cluster-eu-1', 'broken', 'the Service does not exist'],
    ],
    [
      'services forbidden',
      pair().map(each => ({ ...each, unread: { Service: '403 Forbidden' } })),
      ['unknown', '403 Forbidden'],
      ['cluster-eu-1', 'unknown', '403 Forbidden'],
    ],
    [
      'side unread',
      unreadable('eu'),
      ['unknown', 'eu cannot be read'],
      ['cluster-eu-1', 'unknown', 'eu cannot be read'],
    ],
  ];
  for (const [title, snapshots, service, line] of rows) {
    const picture = pictureOf(snapshots);
    const [found] = picture.items.filter(isNode).filter(({ kind }) => kind === 'service');
    assert.deepEqual([found?.state, found?.why], service, title);
    const lines = edges(picture, 'serves').filter(({ from }) => from === found?.id);
    assert.deepEqual(
      lines.map(({ to, state, why }) => [to.split(' ').at(-1), state, why]),
      [line],
      title,
    );
  }
});

test('a replica that reads another folder than its source writes is told', () => {
  const snapshots = pair({
    spec: {
      plugins: [
        {
          name: 'barman-cloud.cloudnative-pg.io',
          isWALArchiver: true,
          parameters: { barmanObjectName: 'cluster-eu', serverName: 'elsewhere' },
        },
      ],
    },
  });
  const found = edgeTo(pictureOf(snapshots), 'restore_command', 'cluster-us-1');
  assert.equal(found.state, 'warn');
  assert.match(found.why, /reads s3:\/\/archive-cluster-eu\/cluster-eu, its source writes .*elsewhere/);
});

/** A listing of the archive of cluster-eu, read at 00:00:00. */
const reading = (over: Partial<ArchiveReading> = {}): ArchiveReading => ({
  path: 's3://archive-cluster-eu/cluster-eu',
  readAt: 0,
  verdict: 'ok',
  truncated: false,
  newest: '00000003000000000000000C',
  missing: 0,
  firstMissing: undefined,
  recoveryWindow: { from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T01:00:00.000Z' },
  errors: [],
  warnings: 0,
  ...over,
});
const gap = (): ArchiveReading =>
  reading({ verdict: 'failure', missing: 3, firstMissing: '000000030000000000000005', recoveryWindow: null });

const archiveOf = (picture: Picture, name: string) => {
  const found = picture.items.filter(isNode).find(({ kind, id }) => kind === 'archive' && id.includes(name));
  assert.ok(found, name);
  return found;
};

test('an archive shows its newest segment, and what its last listing found', () => {
  const listedAs =
    (own: ArchiveReading | undefined, source?: ArchiveReading): Beside['listed'] =>
    ({ name }, which) =>
      name === 'cluster-eu' && which === 'own' ? own : name === 'cluster-us' && which === 'source' ? source : undefined;
  const failing = saying('cluster-eu-1', {
    lastFailedWAL: '00000003000000000000000E',
    lastFailedWALTime: '1970-01-01T00:00:00Z',
    isArchivingWAL: false,
  });
  const late = { ...gap(), readAt: 500 };
  const rows: [string, ContextSnapshot[], Beside['listed'], string, string[]][] = [
    ['not listed', pair(), listedAs(undefined), 'up', ['00000003000000000000000D', 'not listed yet']],
    ['whole', pair(), listedAs(reading()), 'up', ['00000003000000000000000D', 'no gaps', 'listed at 00:00:00 UTC']],
    [
      'with a gap',
      pair(),
      listedAs(gap()),
      'broken',
      ['00000003000000000000000D', 'gap: 3 segments missing', 'listed at 00:00:00 UTC'],
    ],
    [
      'the later of two listings, by the one who reads it',
      pair(),
      listedAs(reading(), late),
      'broken',
      ['00000003000000000000000D', 'gap: 3 segments missing', 'listed at 00:00:00 UTC'],
    ],
    [
      'a listing of another place does not count',
      pair(),
      listedAs(reading({ path: 's3://elsewhere/cluster-eu' })),
      'up',
      ['00000003000000000000000D', 'not listed yet'],
    ],
    [
      'its writer is lost',
      unreadable('eu'),
      listedAs(undefined, reading()),
      'unknown',
      ['no gaps', 'listed at 00:00:00 UTC'],
    ],
    ['archiving fails', failing, listedAs(reading()), 'broken', ['no gaps', 'listed at 00:00:00 UTC']],
  ];
  for (const [title, snapshots, listed, state, lines] of rows) {
    const found = archiveOf(pictureOf(snapshots, listed && { listed }, 60_000), 'cluster-eu');
    assert.deepEqual([found.state, found.lines.slice(-lines.length)], [state, lines], title);
  }
});

test('the archive of a side that is lost is listed through the one that reads it', () => {
  const through = (snapshots: ContextSnapshot[]) => {
    const { target, facts, actions } = archiveOf(pictureOf(snapshots), 'cluster-eu');
    const words = Object.fromEntries(facts)['Can be listed through'];
    return [target?.object, target?.archive, words, actions.map(({ command }) => command)];
  };
  const store = (context: string) => ({ context, kind: 'ObjectStore', namespace: 'default', name: 'cluster-eu' });
  const open = ['cnpg.openWalArchive', 'cnpg.openManifest'];
  assert.deepEqual(through(pair()), [store('eu'), 'own', undefined, open]);
  assert.deepEqual(through(unreadable('eu')), [store('us'), 'source', 'cluster-us, which reads it', open]);
  assert.deepEqual(through(unreadable('us', unreadable('eu'))), [store('eu'), 'own', undefined, open]);
});

test('a gap is said where the picture is spoken, with the first segment and what can be restored in the facts', () => {
  const listed: Beside['listed'] = ({ name }, which) => (name === 'cluster-eu' && which === 'own' ? gap() : undefined);
  const picture = pictureOf(pair(), { listed });
  assert.match(picture.summary, /WAL archive s3:.*cluster-eu: gap: 3 segments missing, listed at 00:00:00 UTC/);
  const found = archiveOf(picture, 'cluster-eu');
  const known = Object.fromEntries(found.facts);
  assert.match(known['Gaps'] ?? '', /the first is 000000030000000000000005/);
  assert.match(known['Recovery window'] ?? '', /^none/);
  assert.match(found.evidence, /Listing read at 00:00:00 UTC/);
  assert.deepEqual(found.actions[0], { command: 'cnpg.openWalArchive', title: 'Open WAL Archive' });
});

test('alarms are on the picture and in what is spoken', () => {
  const picture = pictureOf(
    saying('cluster-us-1', { isPrimary: true }, pair({}, { replica: { primary: 'cluster-us' } })),
  );
  assert.deepEqual(picture.alarms.map(({ severity, title }) => [severity, title]).slice(0, 1), [
    ['error', 'Two primaries'],
  ]);
  assert.match(picture.summary, /^2 primaries: cluster-eu-1, cluster-us-1\. Two primaries\./);
  assert.equal(picture.items.filter(isBox)[0]?.state, 'broken');
  assert.equal(pictureOf(pair()).summary, 'Primary: cluster-eu-1. Everything that is shown works.');
});

test('what only needs a look is spoken too, after what is broken, and nothing twice', () => {
  const spoken = (snapshots: ContextSnapshot[]): string => pictureOf(snapshots).summary;
  assert.equal(
    spoken(saying('cluster-us-1', { isWalReceiverActive: false })),
    'Primary: cluster-eu-1. cluster-eu-1 streams to cluster-us-1. needs a look: no WAL receiver, fed from the archive only.',
  );
  assert.equal(
    spoken(saying('cluster-us-1', { replayPaused: true })),
    'Primary: cluster-eu-1. cluster-us-1: replay paused.',
  );
  assert.equal(
    spoken(pair({ status: { phase: 'Upgrading cluster' } })),
    'Primary: cluster-eu-1. eu · cluster-eu: Upgrading cluster.',
  );
  const down = pair().map((each, at) => (at === 0 ? { ...each, pods: each.pods.slice(1) } : each));
  assert.match(spoken(down), /^Primary: cluster-eu-1\. Primary down\. The service is to lead to cluster-eu-1\. broken/);
});

test('the way back of the primary cluster is a line of its own, and is said when it is incomplete', () => {
  const eu = member('cluster-eu');
  const entryWith = (over: Partial<ExternalCluster>): ContextSnapshot[] =>
    pair({
      spec: {
        externalClusters: (eu.spec.externalClusters ?? []).map(each =>
          each.name === 'cluster-us' ? { ...each, ...over } : each,
        ),
      },
    });
  const withoutWays = pair({ spec: { externalClusters: [{ name: 'cluster-us' }] } });
  const rows: [string, ContextSnapshot[], string, RegExp][] = [
    ['streaming and archive', pair(), 'idle', /^after a demotion, by streaming and restore_command$/],
    [
      'streaming alone',
      entryWith({ plugin: { name: '', enabled: false } }),
      'idle',
      /^after a demotion, by streaming$/,
    ],
    ['neither', withoutWays, 'warn', /^neither streaming nor/],
    ['no entry', pair({ spec: { externalClusters: [] } }), 'warn', /^spec.externalClusters has no cluster-us$/],
    ['side unread', unreadable('eu'), 'unknown', /^eu cannot be read$/],
  ];
  for (const [title, snapshots, state, why] of rows) {
    const [back] = edges(pictureOf(snapshots), 'way-back');
    assert.equal(back?.state, state, title);
    assert.match(back?.why ?? '', why, title);
    assert.match(back?.words ?? '', /^After a demotion cluster-eu-1 would follow cluster-us-1\./, title);
  }
  const roles = { replica: { primary: 'cluster-us' } };
  assert.match(
    edges(pictureOf(pair(roles, roles)), 'way-back')[0]?.words ?? '',
    /cluster-us-1 would follow cluster-eu-1/,
  );
  assert.deepEqual(edges(pictureOf(pair({ replica: { primary: 'cluster-us' } })), 'way-back'), [], 'both are replicas');
  assert.doesNotMatch(pictureOf(unreadable('eu')).summary, /demotion/);
});

test('a member that nobody has seen is a box of its own, with the line from it', () => {
  const picture = pictureOf(pair().slice(1));
  const missing = picture.items.filter(isBox).find(({ title }) => title === 'cluster-eu');
  assert.equal(missing?.state, 'unknown');
  assert.match(edgeTo(picture, 'cross-streaming', 'cluster-us-1').from, /missing cluster-eu/);
});

test('cascades and many members: each line comes from the member that is followed', () => {
  const picture = pictureOf(
    snapshotsOf([{ instances: 1, follows: 1 }, { instances: 1 }, { instances: 1, follows: 1 }]),
  );
  assert.deepEqual(
    edges(picture, 'cross-streaming').map(({ words }) => words.slice(0, words.indexOf('.'))),
    ['m0-1 streams to m1-1', 'm1-1 streams to m2-1'],
  );
});

test('actions: promotion for the replica cluster, failover only when no primary can be read', () => {
  const offered = (snapshots: ContextSnapshot[]) =>
    pictureOf(snapshots)
      .items.filter(isBox)
      .map(({ actions }) => actions.map(({ command }) => command).filter(command => /promote|failOver/.test(command)));
  assert.deepEqual(offered(pair()), [[], ['cnpg.promoteReplicaCluster']]);
  assert.deepEqual(offered(unreadable('eu')), [[], ['cnpg.promoteReplicaCluster', 'cnpg.failOverToReplicaCluster']]);
  // A standalone replica has no part in a switchover.
  const standalone = member('cluster-us', { spec: { replica: { enabled: true, source: 'cluster-eu' } } });
  assert.deepEqual(offered([snapshotOf('eu', member('cluster-eu')), snapshotOf('us', standalone)]), [[], []]);
  const demoted = { replica: { primary: 'cluster-us' }, status: { demotionToken: 't' } };
  const [former, ...others] = pair(demoted);
  assert.ok(former);
  assert.deepEqual(offered([{ ...former, state: 'failed' }, ...others])[1], [
    'cnpg.promoteWithToken',
    'cnpg.failOverToReplicaCluster',
  ]);
  assert.deepEqual(
    offered(pair({ replica: { primary: 'cluster-us' } }))
      .flat()
      .filter(c => c.includes('failOver')),
    [],
  );
});

test('facts say where they are from, and when', () => {
  const found = node(pictureOf(pair()), 'cluster-us-1');
  assert.deepEqual(Object.fromEntries(found.facts)['Replayed up to LSN'], '0/E0000A0');
  assert.match(found.evidence, /read at 00:00:00 UTC/);
  assert.deepEqual(found.target?.object, { context: 'us', kind: 'Pod', namespace: 'default', name: 'cluster-us-1' });
});
