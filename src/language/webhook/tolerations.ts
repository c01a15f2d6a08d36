import { isLabelValue, isQualifiedName } from '../admission/metadata.ts';
import type { Toleration } from '../admission/objects.ts';
import { fix, removeKey, setValue } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import { nearest } from '../nearest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, ofValues, onKey, onValue } from './rule.ts';

const operators = ['Equal', 'Exists'];
const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const tolerations = ofValues(
  clusterRule('tolerations', ({ document, spec }) =>
    (spec.affinity?.tolerations ?? []).flatMap((toleration, at) => faultsOf(document, toleration, at)),
  ),
);

function faultsOf(document: ManifestDocument, toleration: Toleration, index: number): Finding[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const at = (field: keyof Toleration): Path => ['spec', 'affinity', 'tolerations', index, field];
  return [
    ...(key !== '' && !isQualifiedName(key)
      ? [
          onValue(
            at('key'),
            `"${key}" cannot be the key of a taint. A key is [prefix/]name, the name with at most 63 letters, digits, "-", "_" and ".".`,
          ),
        ]
      : []),
    ...(key === '' && operator !== 'Exists'
      ? [
          onValue(
            at('operator'),
            'Without a key every taint is tolerated, and that is written with the operator Exists: set it, or add the key.',
          ),
        ]
      : []),
    ...(tolerationSeconds !== undefined && effect !== 'NoExecute'
      ? [
          onKey(
            at('tolerationSeconds'),
            'Only with the effect NoExecute are pods evicted after a time: set it, or remove tolerationSeconds.',
          ),
        ]
      : []),
    ...valueFaults(document, operator, value, at),
    ...(effect === '' || effects.includes(effect) ? [] : [unknown(document, at('effect'), effect, effects)]),
  ];
}

function valueFaults(
  document: ManifestDocument,
  operator: string,
  value: string,
  at: (field: keyof Toleration) => Path,
): Finding[] {
  switch (operator) {
    case '':
    case 'Equal':
      return isLabelValue(value)
        ? []
        : [
            onValue(
              at('value'),
              `"${value}" cannot be the value of a taint: at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends.`,
            ),
          ];
    case 'Exists':
      return value === ''
        ? []
        : [
            onKey(
              at('value'),
              'With the operator Exists no value is compared: remove it, or use the operator Equal.',
              fix('Remove value', removeKey(document, at('value'))),
            ),
          ];
    default:
      return [unknown(document, at('operator'), operator, operators)];
  }
}

function unknown(document: ManifestDocument, path: Path, given: string, allowed: readonly string[]): Finding {
  const guess = nearest(given, allowed);
  return onValue(
    path,
    `The ${String(path.at(-1))} cannot be "${given}". Allowed: ${allowed.join(', ')}.`,
    guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, guess)),
  );
}
