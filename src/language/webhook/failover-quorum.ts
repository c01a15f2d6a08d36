import { parseBoolean } from '../admission/booleans.ts';
import { clusterRule, onKey, onValue, ruleNewIn } from './rule.ts';

const annotation = 'alpha.cnpg.io/failoverQuorum';

export const failoverQuorum = ruleNewIn(
  27,
  clusterRule('failover-quorum', ({ metadata, spec, minor }) => {
    const { synchronous } = spec.postgresql ?? {};
    const wanted = metadata.annotations?.[annotation];
    const path = ['metadata', 'annotations', annotation];
    if (wanted !== undefined) {
      const active = parseBoolean(wanted);
      if (active === undefined) return [onValue(path, `${annotation} must be "true" or "false"; it is "${wanted}".`)];
      if (active && !synchronous)
        return [onKey(path, 'A failover quorum needs synchronous replication: add spec.postgresql.synchronous.')];
    }
    // Before 1.28 the annotation was the only way to ask for it.
    const isAsked = minor < 28 ? parseBoolean(wanted ?? '') : synchronous?.failoverQuorum;
    if (!synchronous || !isAsked) return [];
    const { number, standbyNamesPre = [], standbyNamesPost = [] } = synchronous;
    const named = standbyNamesPre.length + standbyNamesPost.length;
    return [
      ...(minor < 28 && (spec.instances ?? 0) <= 2
        ? [onValue(['spec', 'instances'], 'A failover quorum needs at least three instances: raise spec.instances.')]
        : []),
      ...(number > named
        ? []
        : [
            onValue(
              ['spec', 'postgresql', 'synchronous', 'number'],
              `With a failover quorum, number (${number}) must be greater than the count of named standbys (${named}), so that an instance of this Cluster is among those that confirm: raise it.`,
            ),
          ]),
    ];
  }),
);
