import { onValue, updateRule } from './rule.ts';

export const slotPrefix = updateRule('slot-prefix', ({ spec }, { spec: before }) => {
  const old = before.replicationSlots?.highAvailability;
  const now = spec.replicationSlots?.highAvailability;
  if (old?.enabled === false || old?.slotPrefix === now?.slotPrefix) return [];
  return [
    onValue(
      ['spec', 'replicationSlots', 'highAvailability', 'slotPrefix'],
      `The prefix of slots cannot change (from "${old?.slotPrefix ?? ''}") while they are in use: disable highAvailability first, so that the old ones are removed.`,
    ),
  ];
});
