/** Rules over both sides of a topology, in the order of their codes. Each has a page beside it with examples, which are its tests. */
import type { DiagnosticRelatedInformation } from 'vscode-languageserver-types';
import type { ManifestDiagnostic } from '../diagnostic.ts';
import { diagnostic } from '../diagnostic.ts';
import type { Edit } from '../edits.ts';
import type { ManifestDocument, Range } from '../manifest.ts';
import { isRecord, keyRange, pathText, shiftedRange, valueRange } from '../manifest.ts';
import { isSide } from '../sides.ts';
import { isDisabled } from '../webhook/validation-annotation.ts';
import type { Asked, Entry, Workspace } from '../workspace.ts';
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
import type { Finding, ObjectRule, Rule, RuleFix, Subject } from './rule.ts';

/** Over the replica stanza of one Cluster: asked of every manifest. */
const stanzaRules: readonly Rule[] = [
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

/** Over Clusters with all that a workspace knows of the place of each and of the other side. */
const clusterRules: readonly Rule[] = [];

/** Over objects of other kinds. */
const objectRules: readonly ObjectRule[] = [];

export const rules: readonly (Rule | ObjectRule)[] = [...stanzaRules, ...clusterRules, ...objectRules];

/**
 * - `alone`: only rules over the replica stanza are asked
 * - `known`: those over both sides too; the workspace may lack something
 * - `workspace`: what it lacks is nowhere
 */
export type Scope = 'alone' | 'known' | 'workspace';

export interface RuleOptions {
  workspace: Workspace;
  scope: Scope;
  /** The live object that the manifest updates. How it would be bootstrapped does not matter any more. */
  old: ManifestDocument | undefined;
}

interface Kept extends RuleOptions {
  asked: Asked;
  found: Found[];
}

interface Found extends Finding {
  rule: Rule | ObjectRule;
}

/** Findings of a document, which hold until something changes that a rule looked at. */
const kept = new WeakMap<ManifestDocument, Kept>();

export function ruleDiagnostics(document: ManifestDocument, options: RuleOptions): ManifestDiagnostic[] {
  const { workspace } = options;
  const entry = workspace.entryOf(document);
  if (!entry) return [];
  // Without its webhook the operator refuses nothing; it is still wrong.
  const refusal = isDisabled(entry.cluster?.metadata.annotations) ? 'warning' : 'error';
  return findingsOf(document, entry, options).flatMap(finding => {
    const { rule, path, on, message, severity = rule.severity } = finding;
    const range = on === 'key' ? keyRange(document, path) : valueRange(document, path);
    if (isIgnored(document, rule.code, range)) return [];
    const shown = severity === 'error' ? refusal : severity;
    const fixes = finding.fixes?.map(fix => fixAt(fix, document.startLine));
    return [diagnostic(shown, rule.code, range, pathText(path), message, fixes, relatedOf(finding))];
  });
}

function findingsOf(document: ManifestDocument, entry: Entry, options: RuleOptions): Found[] {
  const { workspace, scope, old } = options;
  const before = kept.get(document);
  if (
    before?.workspace === workspace &&
    before.scope === scope &&
    before.old === old &&
    workspace.entryOf(document) === entry &&
    workspace.holds(before.asked)
  )
    return before.found;
  // Lines count from the document's start, so that lines above it do not matter.
  const subject: Subject = {
    document: { ...document, startLine: 0 },
    entry,
    workspace,
    old,
    complete: scope === 'workspace',
  };
  const { result: found, asked } = workspace.follow(() => askRules(subject, scope));
  kept.set(document, { ...options, asked, found });
  return found;
}

function askRules(subject: Subject, scope: Scope): Found[] {
  const { entry, old } = subject;
  const isAcross = scope !== 'alone' && !entry.rewritten;
  const found: Found[] = [];
  if (isSide(entry))
    for (const rule of isAcross ? [...stanzaRules, ...clusterRules] : stanzaRules)
      if (!(old && rule.onlyNew))
        for (const each of rule.check({ ...subject, entry, cluster: entry.cluster })) found.push({ ...each, rule });
  if (isAcross && isRecord(entry.document.value['spec']))
    for (const rule of objectRules)
      if (rule.kinds.includes(entry.kind)) for (const each of rule.check(subject)) found.push({ ...each, rule });
  return found;
}

const editAt = ({ range, newText }: Edit, line: number): Edit => ({ range: shiftedRange(range, line), newText });

const fixAt = ({ title, edits, elsewhere }: RuleFix, line: number) => ({
  title,
  edits: edits.map(edit => editAt(edit, line)),
  ...(elsewhere && {
    elsewhere: elsewhere.map(({ entry: { uri, document }, edits: others }) => ({
      uri,
      edits: others.map(edit => editAt(edit, document.startLine)),
    })),
  }),
});

/** A comment `# cnpg-topology-ignore: RC113` on the line or the line above. */
function isIgnored({ text, startLine, lines }: ManifestDocument, code: string, range: Range): boolean {
  const line = range.start.line - startLine;
  const [from, to] = [lines.lineStarts[Math.max(line - 1, 0)], lines.lineStarts[line + 1]];
  const near = text.slice(from, to);
  return [...near.matchAll(/#\s*cnpg-topology-ignore:\s*([A-Z0-9, ]+)/g)].some(([, codes = '']) =>
    codes.split(/[, ]+/).includes(code),
  );
}

/** What is in a file without address cannot be linked to. */
function relatedOf({ related = [] }: Finding): DiagnosticRelatedInformation[] | undefined {
  const places = related.filter(({ entry }) => entry.uri !== '');
  if (places.length === 0) return undefined;
  return places.map(({ entry: { uri, document }, path, message }) => ({
    location: { uri, range: keyRange(document, path) },
    message,
  }));
}
