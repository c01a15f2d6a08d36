import { ofValues, onValue, ruleOf } from './rule.ts';

const annotation = 'cnpg.io/volumeSnapshotDeadline';

export const snapshotDeadline = ofValues(
  ruleOf(['Backup'], 'snapshot-deadline', ({ metadata }) => {
    const text = metadata.annotations?.[annotation] ?? '';
    if (text === '' || /^[-+]?\d{1,18}$/.test(text)) return [];
    return [onValue(['metadata', 'annotations', annotation], `${annotation} is a number of minutes; it is "${text}".`)];
  }),
);
