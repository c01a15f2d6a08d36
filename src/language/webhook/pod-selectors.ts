import { isLabelValue, isQualifiedName } from '../admission/metadata.ts';
import type { LabelSelector } from '../admission/objects.ts';
import type { Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onKey, onValue, repeated } from './rule.ts';

export const podSelectors = clusterRule('pod-selectors', ({ spec }) => {
  const { podSelectorRefs: references = [] } = spec;
  const names = new Set(references.map(({ name }) => name));
  return [
    ...repeated(references, ({ name }) => name).map(at =>
      onValue(['spec', 'podSelectorRefs', at, 'name'], `"${references[at]?.name}" is there twice in podSelectorRefs.`),
    ),
    ...references.flatMap(({ selector }, at) => selectorFaults(selector, ['spec', 'podSelectorRefs', at, 'selector'])),
    ...(spec.postgresql?.pg_hba ?? []).flatMap((line, at) => {
      const fault = lineFault(line, names);
      return fault === undefined ? [] : [onValue(['spec', 'postgresql', 'pg_hba', at], fault)];
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

function selectorFaults({ matchLabels = {}, matchExpressions = [] }: LabelSelector, path: Path): Finding[] {
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
        ...operatorFault(operator, values, at),
        ...values.flatMap((value, each) => valueFault(value, [...at, 'values', each])),
      ];
    }),
  ];
}

function operatorFault(operator: string, values: string[], at: Path): Finding[] {
  const message = {
    In: values.length === 0 && 'The operator In needs values.',
    NotIn: values.length === 0 && 'The operator NotIn needs values.',
    Exists: values.length > 0 && 'The operator Exists takes no values.',
    DoesNotExist: values.length > 0 && 'The operator DoesNotExist takes no values.',
  }[operator];
  if (message === false) return [];
  return [onKey(at, message ?? `The operator cannot be "${operator}". Allowed: In, NotIn, Exists, DoesNotExist.`)];
}
