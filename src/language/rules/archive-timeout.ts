import { entryArchive } from '../../model/archive.ts';
import { fix } from '../edits.ts';
import { idOf } from '../sides.ts';
import type { Rule } from './rule.ts';
import { isReplicaCluster, onKey, parameterOf, parameters, partnersOf, setParameter, sourceOf } from './rule.ts';

const name = 'archive_timeout';
const units: Record<string, number> = { us: 1e-6, ms: 1e-3, '': 1, s: 1, min: 60, h: 3600, d: 86_400 };
/** Seconds. */
const longest = 15 * 60;

export const archiveTimeout: Rule = {
  code: 'RC415',
  severity: 'warning',
  check(subject) {
    const { document, cluster, entry } = subject;
    const own = parameterOf(cluster, name);
    const seconds = own === undefined ? undefined : secondsOf(own);
    if (own === undefined || seconds === undefined || (seconds > 0 && seconds <= longest)) return [];
    const follower = partnersOf(subject).find(other => {
      const source = sourceOf(other.cluster);
      return (
        isReplicaCluster(other.cluster) &&
        source?.entry.name === idOf(entry) &&
        !source.entry.connectionParameters &&
        entryArchive(other.cluster, source.entry) !== undefined
      );
    });
    if (!follower) return [];
    return [
      onKey(
        [...parameters, name],
        `${idOf(follower)} follows by the archive only, and ${seconds === 0 ? 'a segment is archived only when it is full' : `a segment may wait ${own} for being archived`}: that much can be missing at a failover.`,
        {
          fixes: fix(`Set ${name} to 5min`, setParameter(document, name, '5min')),
          related: [
            { entry: follower, path: sourceOf(follower.cluster)?.path ?? [], message: `how ${idOf(follower)} follows` },
          ],
        },
      ),
    ];
  },
};

/** As PostgreSQL reads it; a bare number counts seconds. */
function secondsOf(text: string): number | undefined {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/.exec(text) ?? [];
  const factor = units[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
