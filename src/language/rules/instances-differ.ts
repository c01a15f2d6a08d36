import { idOf } from '../sides.ts';
import type { Rule } from './rule.ts';
import { onValue, primaryOf } from './rule.ts';

export const instancesDiffer: Rule = {
  code: 'RC313',
  severity: 'info',
  check(subject) {
    const { cluster, entry } = subject;
    const primary = primaryOf(subject);
    if (!primary) return [];
    const { instances = 1 } = cluster.spec;
    const { instances: theirs = 1, postgresql } = primary.cluster.spec;
    if (instances >= theirs && instances > 1) return [];
    const wanted = postgresql?.synchronous?.number ?? 0;
    const path = ['spec', 'instances'];
    return [
      onValue(
        path,
        wanted >= instances
          ? `${idOf(primary)} waits for ${wanted} synchronous standbys. With ${instances} ${instances === 1 ? 'instance' : 'instances'} ${idOf(entry)} could not commit the same way after a switchover.`
          : instances < theirs
            ? `After a switchover there are fewer instances: ${instances} here, ${theirs} in ${idOf(primary)}.`
            : 'With one instance there is no standby to take over after a switchover.',
        {
          ...(wanted >= instances && { severity: 'warning' }),
          related: [{ entry: primary, path, message: `instances of ${idOf(primary)}` }],
        },
      ),
    ];
  },
};
