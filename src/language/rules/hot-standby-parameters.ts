/**
 * Parameters that size what a standby tracks of its primary: lower than there, replay stops. Source: the PostgreSQL manual, "Hot
 * Standby"; defaults of PostgreSQL, and of the operator where it sets one.
 */
import { parseInteger } from '../admission/integers.ts';
import { fix } from '../edits.ts';
import { idOf } from '../sides.ts';
import type { Rule } from './rule.ts';
import { onKey, onValue, parameterOf, parameters, primaryOf, setParameter } from './rule.ts';
import { placeOf } from '../manifest.ts';

export const hotStandbyParameters: Record<string, number> = {
  max_connections: 100,
  max_worker_processes: 32,
  max_prepared_transactions: 0,
  max_wal_senders: 10,
  max_locks_per_transaction: 64,
};

/** `RC604` to `RC608`. */
export const hotStandbyRules: readonly Rule[] = Object.entries(hotStandbyParameters).map(([name, usual], at) => ({
  code: `RC${604 + at}`,
  severity: 'warning',
  check(subject) {
    const { document, cluster, entry } = subject;
    const own = parameterOf(cluster, name);
    const path = [...parameters, name];
    if (own !== undefined && parseInteger(own) === undefined)
      return [
        onValue(path, `The instance manager reads ${name} as a whole number, and "${own}" is none.`, {
          severity: 'error',
        }),
      ];
    const primary = primaryOf(subject);
    const theirs = primary && parseInteger(parameterOf(primary.cluster, name) ?? String(usual));
    const here = parseInteger(own ?? String(usual));
    if (!primary || theirs === undefined || here === undefined || here >= theirs) return [];
    const there = parameterOf(primary.cluster, name) === undefined ? ['spec', 'replica'] : path;
    return [
      onKey(
        placeOf(document, path) ? path : parametersOf(document),
        `${name} is ${here}${own === undefined ? ' (not set)' : ''} in the replica cluster ${idOf(entry)} and ${theirs} in ${idOf(primary)}: replay stops there. Raise it here first; to lower it, begin with the primary.`,
        {
          fixes: fix(`Set ${name} to ${theirs}`, setParameter(document, name, String(theirs))),
          related: [{ entry: primary, path: there, message: `${name} of ${idOf(primary)}` }],
        },
      ),
    ];
  },
}));

const parametersOf = (document: Parameters<typeof placeOf>[0]) =>
  placeOf(document, parameters) ? parameters : ['spec', 'postgresql'];
