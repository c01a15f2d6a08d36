/** Pictures whose look is accepted by image: both sides well, a bad night, and what fits a narrow tab. */
import type { ArchiveReading } from '../../src/model/archive-reading.ts';
import type { Picture } from '../../src/views/topology/picture.ts';
import { pictureOf, saying } from './topologies.ts';

export interface PictureExample {
  name: string;
  size: 'wide' | 'narrow';
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

export const examples: readonly PictureExample[] = [
  { name: 'well', size: 'wide', picture: well() },
  { name: 'trouble', size: 'wide', picture: trouble() },
  { name: 'narrow', size: 'narrow', picture: trouble() },
];
