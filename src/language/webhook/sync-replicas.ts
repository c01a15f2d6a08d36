import { clusterRule, onValue } from './rule.ts';

export const syncReplicas = clusterRule('sync-replicas', ({ spec }) => {
  const { minSyncReplicas: min = 0, maxSyncReplicas: max = 0, instances = 0 } = spec;
  return [
    ...(min > max
      ? [
          onValue(
            ['spec', 'minSyncReplicas'],
            `minSyncReplicas (${min}) must not be above maxSyncReplicas (${max}): raise that, or lower this.`,
          ),
        ]
      : []),
    ...(instances > 0 && max >= instances
      ? [
          onValue(
            ['spec', 'maxSyncReplicas'],
            `maxSyncReplicas (${max}) must be less than instances (${instances}), of which one is the primary.`,
          ),
        ]
      : []),
  ];
});
