import { clusterRule, ofValues, onValue } from './rule.ts';

export const antiAffinity = ofValues(
  clusterRule('anti-affinity', ({ spec }) => {
    const type = spec.affinity?.podAntiAffinityType ?? '';
    if (['', 'preferred', 'required'].includes(type)) return [];
    return [
      onValue(
        ['spec', 'affinity', 'podAntiAffinityType'],
        `podAntiAffinityType cannot be "${type}". Allowed: preferred, required.`,
      ),
    ];
  }),
);
