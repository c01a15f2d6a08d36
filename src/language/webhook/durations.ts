import { parseDuration } from '../admission/durations.ts';
import type { Finding } from './rule.ts';
import { clusterRule, ofValues, onValue, warn } from './rule.ts';

export const durations = ofValues(
  clusterRule('durations', ({ spec: { replica, monitoring } }) => [
    ...form(['spec', 'replica', 'minApplyDelay'], replica?.minApplyDelay),
    ...form(['spec', 'monitoring', 'metricsQueriesTTL'], monitoring?.metricsQueriesTTL),
    ...(monitoring?.metricsQueriesTTL !== undefined && parseDuration(monitoring.metricsQueriesTTL) === 0
      ? [
          warn(
            onValue(
              ['spec', 'monitoring', 'metricsQueriesTTL'],
              'With 0 every scrape runs all queries of the metrics again, which can be a heavy load.',
            ),
          ),
        ]
      : []),
  ]),
);

function form(path: string[], text: string | undefined): Finding[] {
  if (text === undefined || parseDuration(text) !== undefined) return [];
  return [
    onValue(
      path,
      `"${text}" is no duration. Write numbers with ms, s, m or h, such as 1h30m; there is no unit for days.`,
    ),
  ];
}
