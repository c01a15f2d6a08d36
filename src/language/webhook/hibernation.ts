import { clusterRule, ofValues, onValue } from './rule.ts';

const annotation = 'cnpg.io/hibernation';

export const hibernation = ofValues(
  clusterRule('hibernation', ({ metadata }) => {
    const state = metadata.annotations?.[annotation];
    if (state === undefined || state === 'on' || state === 'off') return [];
    return [onValue(['metadata', 'annotations', annotation], `${annotation} must be "on" or "off"; it is "${state}".`)];
  }),
);
