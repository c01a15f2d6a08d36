import { clusterRule, onKey } from './rule.ts';

export const serviceAccount = clusterRule('service-account', ({ spec }) =>
  spec.serviceAccountName && spec.serviceAccountTemplate
    ? [
        onKey(
          ['spec', 'serviceAccountName'],
          'serviceAccountName names an account of your own, which the operator does not change, and serviceAccountTemplate describes the one that it makes: keep one of them.',
        ),
      ]
    : [],
);
