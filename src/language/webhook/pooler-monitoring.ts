import type { PoolerSpec } from '../admission/objects.ts';
import { onKey, ruleOf } from './rule.ts';

export const poolerMonitoring = ruleOf<PoolerSpec>(
  ['Pooler'],
  'pooler-monitoring',
  ({ spec: { monitoring, pgbouncer } }) => {
    if (!monitoring?.tls?.enabled || !monitoring.enablePodMonitor || pgbouncer?.clientTLSSecret?.name) return [];
    return [
      onKey(
        ['spec', 'monitoring', 'tls'],
        'With TLS and a PodMonitor by the operator the metrics need a certificate of the Pooler: add pgbouncer.clientTLSSecret, or make the PodMonitor yourself.',
      ),
    ];
  },
);
