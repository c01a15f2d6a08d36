import type { PodMonitorFields } from '../admission/objects.ts';
import { fix, removeBranch } from '../edits.ts';
import { ofValues, onKey, outdated, ruleNewIn, ruleOf } from './rule.ts';

interface Monitored {
  monitoring?: PodMonitorFields;
}

export const podMonitor = ruleNewIn(
  28,
  ofValues(
    ruleOf<Monitored>(['Cluster', 'Pooler'], 'pod-monitor', ({ document, spec: { monitoring = {} } }) => {
      const used = (['enablePodMonitor', 'podMonitorMetricRelabelings', 'podMonitorRelabelings'] as const).filter(
        field => {
          const value = monitoring[field];
          return Array.isArray(value) ? value.length > 0 : value === true;
        },
      );
      return used.map(field => {
        const path = ['spec', 'monitoring', field];
        return outdated(
          onKey(
            path,
            `${field} is deprecated: make a PodMonitor yourself, as the manual's page on monitoring shows, and remove it.`,
            fix(`Remove ${field}`, removeBranch(document, path)),
          ),
        );
      });
    }),
  ),
);
