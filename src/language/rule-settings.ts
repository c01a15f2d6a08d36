/** Rules over both sides judge what works today: how much that counts is for each team to say. */
import type { ManifestDiagnostic, Severity } from './diagnostic.ts';
import { severities } from './diagnostic.ts';

export const ruleSettings = ['off', 'hint', 'info', 'warning', 'error'] as const;
export type RuleSetting = (typeof ruleSettings)[number];

/** @param settings by code: `{ RC304: 'off' }`; what the API server refuses is not up to anybody */
export function withSettings(
  found: readonly ManifestDiagnostic[],
  settings: Readonly<Record<string, RuleSetting>>,
): ManifestDiagnostic[] {
  return found.flatMap(each => {
    const setting = /^RC\d+$/.test(each.code) && Object.hasOwn(settings, each.code) ? settings[each.code] : undefined;
    if (setting === undefined) return [each];
    return setting === 'off' ? [] : [{ ...each, severity: severities[setting satisfies Severity] }];
  });
}
