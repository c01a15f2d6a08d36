/** The shape of a rule of the operator's webhooks, and what rules share. Codes are `webhook/<name of the file>`. */
import type { Admitted } from '../admission/admit.ts';
import type { Metadata } from '../admission/metadata.ts';
import type { ClusterSpec } from '../admission/objects.ts';
import type { Severity } from '../diagnostic.ts';
import type { Fix, MaybeEdit } from '../edits.ts';
import { addKey, setValue } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import { placeOf } from '../manifest.ts';

export interface Finding {
  path: Path;
  on: 'key' | 'value';
  message: string;
  severity: Severity;
  fixes?: Fix[];
  deprecated?: true;
  /** Minor version of CloudNativePG (`30` of 1.30) whose webhook says it first; absent: all that are supported. */
  since?: number;
}

/** The object under check, decoded and defaulted; `Spec` has the types of its kind. */
export interface Subject<Spec = Record<string, unknown>> {
  document: ManifestDocument;
  metadata: Metadata;
  spec: Spec;
  /** Minor version of CloudNativePG whose webhook judges: `30` of 1.30. */
  minor: number;
  /** Before an update; `undefined` when the object is created. */
  old: (Omit<Admitted, 'spec'> & { spec: Spec }) | undefined;
}

export interface WebhookRule {
  code: string;
  kinds: readonly string[];
  /** Each finding is about one value, whatever else the object says: it holds for patches too. */
  ofValues?: true;
  /** What is found cannot be read by the webhook at all: it is refused with the validation switched off, too. */
  unreadable?: true;
  check(subject: Subject): Finding[];
}

/** The webhook looks at the object alone. */
export const ruleOf = <Spec>(
  kinds: readonly string[],
  name: string,
  check: (subject: Subject<Spec>) => Finding[],
): WebhookRule => ({
  code: `webhook/${name}`,
  kinds,
  check: check as unknown as WebhookRule['check'],
});

export const clusterRule = (name: string, check: (subject: Subject<ClusterSpec>) => Finding[]): WebhookRule =>
  ruleOf(['Cluster'], name, check);

/** The webhook compares the object with what it was. */
export const updateRule = (
  name: string,
  check: (subject: Subject<ClusterSpec>, old: NonNullable<Subject<ClusterSpec>['old']>) => Finding[],
): WebhookRule => clusterRule(name, subject => (subject.old ? check(subject, subject.old) : []));

/** Marks a rule whose findings are each about one value. */
export const ofValues = (rule: WebhookRule): WebhookRule => ({ ...rule, ofValues: true });

export const onKey = (path: Path, message: string, fixes: Fix[] = []): Finding => ({
  path,
  on: 'key',
  message,
  severity: 'error',
  fixes,
});

export const onValue = (path: Path, message: string, fixes: Fix[] = []): Finding => ({
  path,
  on: 'value',
  message,
  severity: 'error',
  fixes,
});

/** What webhooks say from this minor version on. */
export const newIn = <F extends Finding>(minor: number, findings: readonly F[]): F[] =>
  findings.map(finding => ({ ...finding, since: minor }));

/** Marks a rule that webhooks have from this minor version on. */
export const ruleNewIn = (minor: number, rule: WebhookRule): WebhookRule => ({
  ...rule,
  check: subject => newIn(minor, rule.check(subject)),
});

/** What the webhook takes, with a warning. */
export const warn = (finding: Finding): Finding => ({ ...finding, severity: 'warning' });

/** What still works, with a warning, and is to disappear. */
export const outdated = (finding: Finding): Finding => ({ ...warn(finding), deprecated: true });

export const parameter = (name: string): Path => ['spec', 'postgresql', 'parameters', name];

/** Sets a parameter to `on` (and more that are not there yet), in a section `parameters` or `postgresql` of its own when there is none. */
export function switchOn(document: ManifestDocument, name: string, ...more: readonly string[]): MaybeEdit {
  const path = parameter(name);
  const has = (length: number): boolean => placeOf(document, path.slice(0, length)) !== undefined;
  const lines = (indent: string): string => [name, ...more].map(each => `\n${indent}${each}: "on"`).join('');
  if (has(4)) return setValue(document, path, '"on"');
  if (has(3)) return addKey(document, path.slice(0, 3), name, lines('').slice(`\n${name}: `.length));
  if (has(2)) return addKey(document, path.slice(0, 2), 'parameters', lines('  '));
  return addKey(document, ['spec'], 'postgresql', `\n  parameters:${lines('    ')}`);
}

/** Indices of those that are not the first of their name. */
export function repeated<T>(items: readonly T[], nameOf: (item: T) => string | undefined): number[] {
  const seen = new Set<string>();
  return items.flatMap((item, at) => {
    const name = nameOf(item);
    if (name === undefined) return [];
    const again = seen.has(name);
    seen.add(name);
    return again ? [at] : [];
  });
}
