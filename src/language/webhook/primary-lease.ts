import type { Path } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import { clusterRule, onValue } from './rule.ts';

const here: Path = ['spec', 'primaryLease'];

export const primaryLease = clusterRule('primary-lease', ({ document, spec }) => {
  if (!spec.primaryLease) return [];
  const {
    leaseDurationSeconds: lease = 15,
    renewDeadlineSeconds: renew = 10,
    retryPeriodSeconds: retry = 2,
  } = spec.primaryLease;
  /** The first that the manifest says itself: the others are defaults. */
  const given = (...fields: string[]): Path => [
    ...here,
    ...fields.filter(field => placeOf(document, [...here, field])).slice(0, 1),
  ];
  return [
    ...(lease <= renew
      ? [
          onValue(
            given('leaseDurationSeconds', 'renewDeadlineSeconds'),
            `leaseDurationSeconds (${lease}) must be more than renewDeadlineSeconds (${renew}), or the lease of a healthy primary ends while it is still trying to renew it.`,
          ),
        ]
      : []),
    ...(5 * renew <= 6 * retry
      ? [
          onValue(
            given('renewDeadlineSeconds', 'retryPeriodSeconds'),
            `renewDeadlineSeconds (${renew}) must be more than 1.2 times retryPeriodSeconds (${retry}), or there is no time for a second try.`,
          ),
        ]
      : []),
  ];
});
