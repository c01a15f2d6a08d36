import { parseBoolean } from '../admission/booleans.ts';
import { clusterRule, onKey, onValue } from './rule.ts';

const annotation = 'alpha.cnpg.io/failoverQuorum';

export const failoverQuorum = clusterRule('failover-quorum', ({ metadata, spec }) => {
  const { synchronous } = spec.postgresql ?? {};
  const wanted = metadata.annotations?.[annotation];
  const path = ['metadata', 'annotations', annotation];
  if (wanted !== undefined) {
    const active = parseBoolean(wanted);
    if (active === undefined) return [onValue(path, `${annotation} must be "true" or "false"; it is "${wanted}".`)];
    if (active && !synchronous)
      return [onKey(path, 'A failover quorum needs synchronous replication: add spec.postgresql.synchronous.')];
  }
  if (!synchronous?.failoverQuorum) return [];
  const { number, standbyNamesPre = [], standbyNamesPost = [] } = synchronous;
  const named = standbyNamesPre.length + standbyNamesPost.length;
  if (number > named) return [];
  return [
    onValue(
      ['spec', 'postgresql', 'synchronous', 'number'],
      `With a failover quorum, number (${number}) must be greater than the count of named standbys (${named}), so that an instance of this Cluster is among those that confirm: raise it.`,
    ),
  ];
});
