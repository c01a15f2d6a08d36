import { inHours, parseDuration } from '../admission/durations.ts';
import { fix, setValue } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import type { Finding, WebhookRule } from './rule.ts';
import { clusterRule, ofValues, onValue, warn } from './rule.ts';
import { isDisabled } from './validation-annotation.ts';

const rule = ofValues(
  clusterRule('durations', ({ document, metadata, spec: { replica, monitoring } }) => [
    ...form(document, ['spec', 'replica', 'minApplyDelay'], replica?.minApplyDelay),
    ...form(document, ['spec', 'monitoring', 'metricsQueriesTTL'], monitoring?.metricsQueriesTTL),
    ...(parseDuration(monitoring?.metricsQueriesTTL ?? '') === 0 && !isDisabled(metadata.annotations)
      ? [
          warn(
            onValue(
              ['spec', 'monitoring', 'metricsQueriesTTL'],
              'With 0 every scrape runs all queries of the metrics again, which can be a heavy load: give a time such as 30s.',
            ),
          ),
        ]
      : []),
  ]),
);

export const durations: WebhookRule = { ...rule, unreadable: true };

function form(document: ManifestDocument, path: string[], text: string | undefined): Finding[] {
  if (text === undefined || parseDuration(text) !== undefined) return [];
  const hours = inHours(text);
  return [
    onValue(
      path,
      `"${text}" is no duration. Write numbers with ms, s, m or h, such as 1h30m; there is no unit for days.`,
      hours === undefined ? [] : fix(`Change to ${hours}`, setValue(document, path, hours)),
    ),
  ];
}
