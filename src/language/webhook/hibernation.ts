import { postgresBoolean } from '../admission/booleans.ts';
import { fix, setValue } from '../edits.ts';
import { clusterRule, ofValues, onValue } from './rule.ts';

const annotation = 'cnpg.io/hibernation';

export const hibernation = ofValues(
  clusterRule('hibernation', ({ document, metadata }) => {
    const state = metadata.annotations?.[annotation];
    if (state === undefined || state === 'on' || state === 'off') return [];
    const path = ['metadata', 'annotations', annotation];
    const meant = { true: 'on', false: 'off' }[String(postgresBoolean(state))];
    return [
      onValue(
        path,
        `${annotation} must be "on" or "off"; it is "${state}".`,
        meant === undefined ? [] : fix(`Change to "${meant}"`, setValue(document, path, `"${meant}"`)),
      ),
    ];
  }),
);
