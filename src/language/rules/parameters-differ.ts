import { fix } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import { idOf } from '../sides.ts';
import { hotStandbyParameters } from './hot-standby-parameters.ts';
import type { Rule } from './rule.ts';
import { onKey, parameterOf, parameters, primaryOf, setParameter } from './rule.ts';

/** Judged by rules of their own, or set by the operator whatever is written. */
const others = new Set([...Object.keys(hotStandbyParameters), 'archive_mode', 'wal_log_hints', 'wal_level']);

export const parametersDiffer: Rule = {
  code: 'RC317',
  severity: 'info',
  check(subject) {
    const { document, cluster } = subject;
    const primary = primaryOf(subject);
    if (!primary) return [];
    const names = new Set(
      [cluster, primary.cluster].flatMap(({ spec }) => Object.keys(spec.postgresql?.parameters ?? {})),
    );
    const differing = [...names]
      .filter(name => !others.has(name) && !name.includes('.'))
      .filter(name => parameterOf(cluster, name) !== parameterOf(primary.cluster, name))
      .sort();
    if (differing.length === 0) return [];
    const theirs = differing.filter(name => parameterOf(primary.cluster, name) !== undefined);
    const said = differing.map(
      name =>
        `${name} (${parameterOf(cluster, name) ?? 'not set'} here, ${parameterOf(primary.cluster, name) ?? 'not set'} in ${idOf(primary)})`,
    );
    return [
      onKey(
        placeOf(document, parameters) ? parameters : ['spec', 'postgresql'],
        `After a switchover PostgreSQL behaves differently: ${said.join(', ')}.`,
        {
          // Without a section for them the first one would make it for itself.
          fixes:
            theirs.length > 0 && (placeOf(document, parameters) || theirs.length === 1)
              ? fix(
                  `Take over what ${idOf(primary)} sets`,
                  ...theirs.map(name => setParameter(document, name, parameterOf(primary.cluster, name) ?? '')),
                )
              : [],
          related: [{ entry: primary, path: parameters, message: `parameters of ${idOf(primary)}` }],
        },
      ),
    ];
  },
};
