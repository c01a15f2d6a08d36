import { clusterRule, onKey } from './rule.ts';

export const serviceAccount = clusterRule('service-account', ({ spec }) =>
  spec.serviceAccountName && spec.serviceAccountTemplate
    ? [
        onKey(
          ['spec', 'serviceAccountName'],
          'A service account of your own (serviceAccountName) is not changed by the operator: remove serviceAccountTemplate.',
        ),
      ]
    : [],
);
