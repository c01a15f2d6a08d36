import { fix, setValue } from '../edits.ts';
import { clusterRule, onValue } from './rule.ts';

const path = ['spec', 'primaryUpdateStrategy'];

export const updateStrategy = clusterRule(
  'update-strategy',
  ({ document, spec: { primaryUpdateStrategy: strategy, instances } }) =>
    strategy === 'supervised' && instances === 1
      ? [
          onValue(
            path,
            'A supervised update waits for you to switch over to a standby, and a single instance has none: it would wait for ever. Use unsupervised, or more instances.',
            fix('Change to unsupervised', setValue(document, path, 'unsupervised')),
          ),
        ]
      : [],
);
