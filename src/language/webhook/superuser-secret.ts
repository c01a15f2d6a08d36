import { clusterRule, onKey } from './rule.ts';

export const superuserSecret = clusterRule('superuser-secret', ({ spec }) =>
  spec.superuserSecret && !spec.superuserSecret.name
    ? [onKey(['spec', 'superuserSecret'], 'The secret of the superuser needs a name; without the section one is made.')]
    : [],
);
