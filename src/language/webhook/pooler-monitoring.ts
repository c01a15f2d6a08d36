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
        'The PodMonitor that the operator makes for metrics over TLS checks the certificate in pgbouncer.clientTLSSecret, and there is none: add it, or turn off enablePodMonitor and make the PodMonitor yourself.',
      ),
    ];
  },
);
