import type { Rule } from './rule.ts';
import { fix, removeKey } from '../edits.ts';
import { isReplicaCluster, partnersOf, replica } from './rule.ts';

/** Go package time, ParseDuration. */
const isGoDuration = (text: string): boolean => /^[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(text);

export const delayedPartner: Rule = {
  code: 'RC119',
  severity: 'warning',
  replaces: 'webhook/durations',
  check(subject) {
    const { document, cluster } = subject;
    const delay = cluster.spec.replica?.minApplyDelay;
    if (delay === undefined) return [];
    const path = [...replica, 'minApplyDelay'];
    if (!isGoDuration(delay))
      return [
        {
          path,
          on: 'value',
          severity: 'error',
          message: `"${delay}" is no duration that Go understands: use h, m and s, as in 8h or 1h30m.`,
        },
      ];
    if (!isReplicaCluster(cluster) || delay.startsWith('-') || !/[1-9]/.test(delay)) return [];
    const replicas = partnersOf(subject).filter(({ cluster: other }) => isReplicaCluster(other));
    if (replicas.length > 0) return [];
    return [
      {
        path,
        on: 'key',
        message: `The only replica known here lags ${delay} by design: a failover to it loses or postpones that much.`,
        fixes: fix('Remove minApplyDelay', removeKey(document, path)),
      },
    ];
  },
};
