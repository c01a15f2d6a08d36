import { parseSize } from '../admission/postgres-sizes.ts';
import { entryArchive } from '../../model/archive.ts';
import { fix } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import { idOf } from '../sides.ts';
import type { Rule } from './rule.ts';
import { isReplicaCluster, onKey, parameterOf, parameters, partnersOf, setParameter, sourceOf } from './rule.ts';

/** CloudNativePG's default. */
export const usualWalKept = '512MB';
const name = 'wal_keep_size';

export const walKept: Rule = {
  code: 'RC614',
  severity: 'info',
  check(subject) {
    const { document, cluster, entry } = subject;
    const own = parameterOf(cluster, name);
    const size = parseSize(own ?? usualWalKept);
    if (size === undefined || size >= (parseSize('1GB') ?? 0n)) return [];
    const streaming = partnersOf(subject).find(other => {
      const source = sourceOf(other.cluster);
      return (
        isReplicaCluster(other.cluster) &&
        source?.entry.name === idOf(entry) &&
        source.entry.connectionParameters !== undefined &&
        entryArchive(other.cluster, source.entry) === undefined
      );
    });
    if (!streaming) return [];
    const path = [[...parameters, name], parameters, ['spec', 'postgresql']].find(each => placeOf(document, each)) ?? [
      'spec',
    ];
    return [
      onKey(
        path,
        `${idOf(streaming)} only streams from here, without a slot: ${own ?? usualWalKept} of WAL cover a short interruption of the link, then it has to be cloned anew.`,
        {
          fixes: fix('Set wal_keep_size to 4GB', setParameter(document, name, '4GB')),
          related: [
            {
              entry: streaming,
              path: sourceOf(streaming.cluster)?.path ?? [],
              message: `how ${idOf(streaming)} follows`,
            },
          ],
        },
      ),
    ];
  },
};
