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
        'With metrics over TLS the operator makes the PodMonitor only for a certificate that you name: add pgbouncer.clientTLSSecret, or turn off enablePodMonitor and make the PodMonitor yourself.',
      ),
    ];
  },
);
