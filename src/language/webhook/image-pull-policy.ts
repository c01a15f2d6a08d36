import { fix, setValue } from '../edits.ts';
import { nearest } from '../nearest.ts';
import { clusterRule, ofValues, onValue } from './rule.ts';

const policies = ['Always', 'Never', 'IfNotPresent'];

export const imagePullPolicy = ofValues(
  clusterRule('image-pull-policy', ({ document, spec: { imagePullPolicy: policy = '' } }) => {
    if (policy === '' || policies.includes(policy)) return [];
    const path = ['spec', 'imagePullPolicy'];
    const guess = nearest(policy, policies);
    return [
      onValue(
        path,
        `imagePullPolicy cannot be "${policy}". Allowed: ${policies.join(', ')}.`,
        guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, guess)),
      ),
    ];
  }),
);
