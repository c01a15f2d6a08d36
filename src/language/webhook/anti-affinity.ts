import { fix, setValue } from '../edits.ts';
import { nearest } from '../nearest.ts';
import { clusterRule, ofValues, onValue } from './rule.ts';

const types = ['preferred', 'required'];

export const antiAffinity = ofValues(
  clusterRule('anti-affinity', ({ document, spec }) => {
    const type = spec.affinity?.podAntiAffinityType ?? '';
    if (type === '' || types.includes(type)) return [];
    const path = ['spec', 'affinity', 'podAntiAffinityType'];
    const guess = nearest(type, types);
    return [
      onValue(
        path,
        `podAntiAffinityType cannot be "${type}". Allowed: ${types.join(', ')}.`,
        guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, guess)),
      ),
    ];
  }),
);
