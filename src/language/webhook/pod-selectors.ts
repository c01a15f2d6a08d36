import { isLabelValue, isQualifiedName } from '../admission/metadata.ts';
import type { LabelSelector } from '../admission/objects.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { fix, removeKey, setValue } from '../edits.ts';
import { nearest } from '../nearest.ts';
import { clusterRule, newIn, onKey, onValue } from './rule.ts';

export const podSelectors = clusterRule('pod-selectors', ({ document, spec }) => {
  const { podSelectorRefs: references = [] } = spec;
  const names = new Set(references.map(({ name }) => name));
  return [
    ...references.flatMap(({ selector }, at) =>
      selectorFaults(document, selector, ['spec', 'podSelectorRefs', at, 'selector']),
    ),
    ...(spec.postgresql?.pg_hba ?? []).flatMap((line, at) => {
      const fault = lineFault(line, names);
      return fault === undefined ? [] : newIn(29, [onValue(['spec', 'postgresql', 'pg_hba', at], fault)]);
    }),
  ];
});

/** `${podselector:NAME}` stands for the addresses of pods. */
function lineFault(line: string, names: ReadonlySet<string>): string | undefined {
  const references = [...line.matchAll(/\$\{([^:]+):([^}]+)\}/g)].map(([, type = '', name = '']) => ({ type, name }));
  for (const { type, name } of references) {
    if (type !== 'podselector') return `"${type}" cannot be referred to here, only podselector: \${podselector:NAME}.`;
    if (!names.has(name)) return `There is no "${name}" in spec.podSelectorRefs.`;
  }
  return references.length > 1 ? 'A line can refer to one podselector: write a line for each.' : undefined;
}

function selectorFaults(
  document: ManifestDocument,
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  path: Path,
): Finding[] {
  const keyFault = (key: string, at: Path, on: typeof onKey): Finding[] =>
    isQualifiedName(key) ? [] : [on(at, `"${key}" cannot be the key of a label: [prefix/]name.`)];
  const valueFault = (value: string, at: Path): Finding[] =>
    isLabelValue(value)
      ? []
      : [onValue(at, `"${value}" cannot be the value of a label: at most 63 letters, digits, "-", "_" and ".".`)];
  return [
    ...Object.entries(matchLabels).flatMap(([key, value]) => {
      const at = [...path, 'matchLabels', key];
      return [...keyFault(key, at, onKey), ...valueFault(value, at)];
    }),
    ...matchExpressions.flatMap(({ key, operator, values = [] }, index) => {
      const at = [...path, 'matchExpressions', index];
      return [
        ...keyFault(key, [...at, 'key'], onValue),
        ...operatorFault(document, operator, values, at),
        ...values.flatMap((value, each) => valueFault(value, [...at, 'values', each])),
      ];
    }),
  ];
}

const operators: Record<string, { takesValues: boolean }> = {
  In: { takesValues: true },
  NotIn: { takesValues: true },
  Exists: { takesValues: false },
  DoesNotExist: { takesValues: false },
};

function operatorFault(document: ManifestDocument, operator: string, values: readonly string[], at: Path): Finding[] {
  const path = [...at, 'operator'];
  const known = operators[operator];
  if (!known) {
    const names = Object.keys(operators);
    const guess = nearest(operator, names);
    return [
      onValue(
        path,
        `The operator cannot be "${operator}". Allowed: ${names.join(', ')}.`,
        guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, guess)),
      ),
    ];
  }
  if (known.takesValues === values.length > 0) return [];
  if (known.takesValues) return [onValue(path, `The operator ${operator} needs values: add a list of them.`)];
  return [
    onKey(
      [...at, 'values'],
      `The operator ${operator} asks for the key alone and takes no values: remove them.`,
      fix('Remove values', removeKey(document, [...at, 'values'])),
    ),
  ];
}
