import { fix, plainText, setValue } from '../edits.ts';
import { onValue, updateRule } from './rule.ts';

const path = ['spec', 'replicationSlots', 'highAvailability', 'slotPrefix'];

/** A section that is left out comes back with its defaults, so that removing it changes the prefix as well. */
export const slotPrefix = updateRule('slot-prefix', ({ document, spec }, { spec: before }) => {
  const old = before.replicationSlots?.highAvailability;
  const now = spec.replicationSlots?.highAvailability;
  if (old?.enabled === false || old?.slotPrefix === now?.slotPrefix) return [];
  const prefix = old?.slotPrefix ?? '';
  return [
    onValue(
      path,
      `The prefix cannot change (from "${prefix}" to "${now?.slotPrefix ?? ''}") while slots with it are in use. Set highAvailability.enabled to false first, so that they are removed, then change it.`,
      fix(`Change back to ${prefix}`, setValue(document, path, plainText(prefix))),
    ),
  ];
});
