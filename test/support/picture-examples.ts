/** Pictures whose look is accepted by image: both sides well, a bad night, and what fits a narrow tab. */
import type { ArchiveReading } from '../../src/model/archive-reading.ts';
import { stepTitles } from '../../src/operations/promotion.ts';
import type { Picture } from '../../src/views/topology/picture.ts';
import { pair, pictureOf, saying, snapshotsOf } from './topologies.ts';

export interface PictureExample {
  name: string;
  size: 'wide' | 'tall' | 'narrow';
  picture: Picture;
}

/** Minutes after midnight, UTC: no clock of the machine is in a picture. */
const minutes = (count: number): number => count * 60_000;

const listed = (over: Partial<ArchiveReading>): ArchiveReading => ({
  path: 's3://archive-cluster-eu/cluster-eu',
  readAt: minutes(0.5),
  verdict: 'ok',
  truncated: false,
  newest: '00000003000000000000000D',
  missing: 0,
  firstMissing: undefined,
  recoveryWindow: null,
  errors: [],
  warnings: 0,
  ...over,
});

const well = (): Picture =>
  pictureOf(
    saying('cluster-us-1', { replayLsn: '0/D5000A0', receivedLsn: '0/D5000A0' }),
    {
      listed: ({ name }, which) => (name === 'cluster-eu' && which === 'own' ? listed({}) : undefined),
    },
    minutes(1),
  );

/** Streaming across is interrupted, a standby is away, one archive has a gap and the other does not grow. */
function trouble(): Picture {
  const snapshots = saying(
    'cluster-us-1',
    {
      isWalReceiverActive: false,
      lastFailedWAL: '00000003000000000000000E',
      lastFailedWALTime: '1970-01-01T00:00:50Z',
    },
    saying('cluster-eu-2', { replayLsn: '0/A0000A0', receivedLsn: '0/A0000A0' }),
  ).map(each => ({
    ...each,
    pods: each.pods.filter(({ metadata }) => metadata.name !== 'cluster-eu-3'),
  }));
  return pictureOf(
    snapshots,
    {
      listed: ({ name }, which) =>
        name === 'cluster-eu' && which === 'own'
          ? listed({ verdict: 'failure', missing: 3, firstMissing: '000000030000000000000005' })
          : undefined,
    },
    minutes(1),
  );
}

/** The primary is demoted and its token is there: nobody wears the crown until it is used. */
function promotion(): Picture {
  const roles = { replica: { primary: 'cluster-us' } };
  const snapshots = saying(
    'cluster-eu-1',
    { isPrimary: false, replayLsn: '0/E0000A0', isWalReceiverActive: false },
    pair({ ...roles, status: { demotionToken: 't' } }),
  );
  const steps = ['done', 'done', 'now', 'next', 'next', 'next'] as const;
  const titles = Object.values(stepTitles);
  return pictureOf(
    snapshots,
    {
      progress: {
        title: 'Promotion of cluster-us',
        steps: steps.map((state, at) => ({ title: titles[at] ?? '', state })),
        evidence: 'The token is there.',
      },
    },
    minutes(1),
  );
}

/** Two follow the first, and a fourth follows one of them. */
const four = (): Picture =>
  pictureOf(
    snapshotsOf([{ instances: 3 }, { instances: 2 }, { instances: 1 }, { instances: 2, follows: 1 }]),
    {},
    minutes(1),
  );

export const examples: readonly PictureExample[] = [
  { name: 'well', size: 'wide', picture: well() },
  { name: 'trouble', size: 'wide', picture: trouble() },
  { name: 'promotion', size: 'wide', picture: promotion() },
  { name: 'four', size: 'tall', picture: four() },
  { name: 'narrow', size: 'narrow', picture: trouble() },
];
