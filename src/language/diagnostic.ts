/** What the editor and `lint` show. */
import type { Diagnostic, DiagnosticRelatedInformation } from 'vscode-languageserver-types';
import type { PlacedFix } from './edits.ts';
import type { Range } from './manifest.ts';

export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** As in the Language Server Protocol. */
export const severities: Record<Severity, 1 | 2 | 3 | 4> = { error: 1, warning: 2, info: 3, hint: 4 };

/** `DiagnosticTag.Deprecated`: editors strike the text through. */
export const deprecatedTag = 2;

/** Travels with the diagnostic to the client and back. */
export interface DiagnosticData {
  path: string;
  fixes: PlacedFix[];
}

export interface ManifestDiagnostic extends Diagnostic {
  code: string;
  severity: 1 | 2 | 3 | 4;
  message: string;
  data: DiagnosticData;
}

export function diagnostic(
  severity: Severity,
  code: string,
  range: Range,
  path: string,
  message: string,
  fixes: PlacedFix[] = [],
  relatedInformation?: DiagnosticRelatedInformation[],
): ManifestDiagnostic {
  return {
    range,
    severity: severities[severity],
    code,
    source: 'cnpg',
    message,
    data: { path, fixes },
    ...(relatedInformation && { relatedInformation }),
  };
}
