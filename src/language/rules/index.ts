/** Rules over the replica stanza, in the order of their codes. Each has a page beside it with examples, which are its tests. */
import type { DiagnosticRelatedInformation } from 'vscode-languageserver-types';
import type { ManifestDiagnostic, Severity } from '../diagnostic.ts';
import { diagnostic } from '../diagnostic.ts';
import type { ManifestDocument, Range } from '../manifest.ts';
import { keyRange, pathText, valueRange } from '../manifest.ts';
import { isDisabled } from '../webhook/validation-annotation.ts';
import { applicationDatabase } from './application-database.ts';
import { bootstrapElsewhere } from './bootstrap-elsewhere.ts';
import { bootstrapInitdb } from './bootstrap-initdb.ts';
import { bootstrapMissing } from './bootstrap-missing.ts';
import { bootstrapTwice } from './bootstrap-twice.ts';
import { delayWithToken } from './delay-with-token.ts';
import { delayedPartner } from './delayed-partner.ts';
import { detached } from './detached.ts';
import { modeAmbiguous } from './mode-ambiguous.ts';
import { modeMixed } from './mode-mixed.ts';
import { primaryFollowsItself } from './primary-follows-itself.ts';
import { primaryNotDefined } from './primary-not-defined.ts';
import { recoveryTarget } from './recovery-target.ts';
import { replicaOfItself } from './replica-of-itself.ts';
import { selfNotDefined } from './self-not-defined.ts';
import { selfUnlisted } from './self-unlisted.ts';
import { sourceMissing } from './source-missing.ts';
import { sourceNotDefined } from './source-not-defined.ts';
import { standalonePair } from './standalone-pair.ts';
import type { Finding, KnownCluster, Rule } from './rule.ts';
import { clusterOf } from './rule.ts';

export const rules: readonly Rule[] = [
  modeMixed,
  sourceMissing,
  sourceNotDefined,
  primaryNotDefined,
  selfNotDefined,
  selfUnlisted,
  replicaOfItself,
  primaryFollowsItself,
  modeAmbiguous,
  detached,
  standalonePair,
  bootstrapMissing,
  bootstrapInitdb,
  bootstrapTwice,
  recoveryTarget,
  bootstrapElsewhere,
  applicationDatabase,
  delayWithToken,
  delayedPartner,
];

/**
 * What the rules say of a document; nothing when it is no Cluster.
 *
 * @param exists the manifest updates a Cluster: how it would be bootstrapped does not matter any more
 */
export function ruleDiagnostics(
  document: ManifestDocument,
  known: readonly KnownCluster[],
  exists = false,
): ManifestDiagnostic[] {
  const cluster = clusterOf(document);
  if (!cluster) return [];
  const asked = rules.filter(({ onlyNew }) => !(exists && onlyNew));
  // Without its webhook the operator refuses nothing; it is still wrong.
  const refusal = isDisabled(cluster.metadata.annotations) ? 'warning' : 'error';
  return asked.flatMap(rule =>
    rule.check({ document, cluster, known }).flatMap(finding => {
      const range = finding.on === 'key' ? keyRange(document, finding.path) : valueRange(document, finding.path);
      if (isIgnored(document, rule.code, range)) return [];
      return [
        diagnostic(
          severityOf(finding.severity ?? rule.severity, refusal),
          rule.code,
          range,
          pathText(finding.path),
          finding.message,
          finding.fixes,
          relatedOf(finding),
        ),
      ];
    }),
  );
}

const severityOf = (severity: Severity, refusal: Severity): Severity => (severity === 'error' ? refusal : severity);

/** A comment `# cnpg-topology-ignore: RC113` on the line or the line above. */
function isIgnored({ text, startLine, lines }: ManifestDocument, code: string, range: Range): boolean {
  const line = range.start.line - startLine;
  const [from, to] = [lines.lineStarts[Math.max(line - 1, 0)], lines.lineStarts[line + 1]];
  const near = text.slice(from, to);
  return [...near.matchAll(/#\s*cnpg-topology-ignore:\s*([A-Z0-9, ]+)/g)].some(([, codes = '']) =>
    codes.split(/[, ]+/).includes(code),
  );
}

function relatedOf({ related }: Finding): DiagnosticRelatedInformation[] | undefined {
  if (related?.document.uri === undefined) return undefined;
  const { document, uri } = related.document;
  return [{ location: { uri, range: keyRange(document, related.path) }, message: related.message }];
}
