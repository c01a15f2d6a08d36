import { isLabelValue, isQualifiedName } from '../admission/metadata.ts';
import type { Toleration } from '../admission/objects.ts';
import type { Finding } from './rule.ts';
import { clusterRule, ofValues, onKey, onValue } from './rule.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const tolerations = ofValues(
  clusterRule('tolerations', ({ spec }) =>
    (spec.affinity?.tolerations ?? []).flatMap((toleration, at) => faultsOf(toleration, at)),
  ),
);

function faultsOf(toleration: Toleration, index: number): Finding[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const item = ['spec', 'affinity', 'tolerations', index];
  const at = (field: keyof Toleration) => [...item, field];
  return [
    ...(key !== '' && !isQualifiedName(key)
      ? [onValue(at('key'), `"${key}" cannot be the key of a taint: [prefix/]name.`)]
      : []),
    ...(key === '' && operator !== 'Exists'
      ? [onKey(item, 'Without a key all taints are tolerated, and then the operator must be Exists.')]
      : []),
    ...(tolerationSeconds !== undefined && effect !== 'NoExecute'
      ? [onKey(at('tolerationSeconds'), 'tolerationSeconds is for the effect NoExecute only.')]
      : []),
    ...valueFaults(operator, value, at('value'), at('operator')),
    ...(effect === '' || effects.includes(effect)
      ? []
      : [onValue(at('effect'), `The effect cannot be "${effect}". Allowed: ${effects.join(', ')}.`)]),
  ];
}

function valueFaults(operator: string, value: string, at: Finding['path'], operatorAt: Finding['path']): Finding[] {
  switch (operator) {
    case '':
    case 'Equal':
      return isLabelValue(value)
        ? []
        : [onValue(at, `"${value}" cannot be the value of a taint: at most 63 letters, digits, "-", "_" and ".".`)];
    case 'Exists':
      return value === '' ? [] : [onKey(at, 'With the operator Exists no value is compared: remove it.')];
    default:
      return [onValue(operatorAt, `The operator cannot be "${operator}". Allowed: Equal, Exists.`)];
  }
}
