import { clusterRule, onValue } from './rule.ts';

export const updateStrategy = clusterRule(
  'update-strategy',
  ({ spec: { primaryUpdateStrategy: strategy, instances } }) =>
    strategy === 'supervised' && instances === 1
      ? [
          onValue(
            ['spec', 'primaryUpdateStrategy'],
            'A supervised update waits for a switchover to a standby, and a single instance has none: use unsupervised.',
          ),
        ]
      : [],
);
