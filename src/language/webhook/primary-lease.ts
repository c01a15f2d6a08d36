import { clusterRule, onKey } from './rule.ts';

export const primaryLease = clusterRule('primary-lease', ({ spec }) => {
  if (!spec.primaryLease) return [];
  const {
    leaseDurationSeconds: lease = 15,
    renewDeadlineSeconds: renew = 10,
    retryPeriodSeconds: retry = 2,
  } = spec.primaryLease;
  const given = (field: string) => ['spec', 'primaryLease', ...(field in (spec.primaryLease ?? {}) ? [field] : [])];
  return [
    ...(lease <= renew
      ? [
          onKey(
            given('leaseDurationSeconds'),
            `leaseDurationSeconds (${lease}) must be more than renewDeadlineSeconds (${renew}), or the lease ends before it is renewed.`,
          ),
        ]
      : []),
    ...(5 * renew <= 6 * retry
      ? [
          onKey(
            given('renewDeadlineSeconds'),
            `renewDeadlineSeconds (${renew}) must be more than 1.2 times retryPeriodSeconds (${retry}).`,
          ),
        ]
      : []),
  ];
});
