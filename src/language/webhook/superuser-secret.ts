import { clusterRule, onValue } from './rule.ts';

export const superuserSecret = clusterRule('superuser-secret', ({ spec }) =>
  spec.superuserSecret && !spec.superuserSecret.name
    ? [
        onValue(
          ['spec', 'superuserSecret', 'name'],
          'The secret of the superuser needs a name. Without the whole section the operator makes a secret itself.',
        ),
      ]
    : [],
);
