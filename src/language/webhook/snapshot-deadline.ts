import { parseInteger } from '../admission/integers.ts';
import { ofValues, onValue, ruleOf } from './rule.ts';

const annotation = 'cnpg.io/volumeSnapshotDeadline';

export const snapshotDeadline = ofValues(
  ruleOf(['Backup'], 'snapshot-deadline', ({ metadata }) => {
    const text = metadata.annotations?.[annotation] ?? '';
    if (text === '' || parseInteger(text) !== undefined) return [];
    return [
      onValue(
        ['metadata', 'annotations', annotation],
        `The deadline is a whole number of minutes, without a unit; it is "${text}".`,
      ),
    ];
  }),
);
