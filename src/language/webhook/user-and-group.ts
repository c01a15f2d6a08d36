import { addKey, fix, setValue } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import { onValue, updateRule } from './rule.ts';

export const userAndGroup = updateRule('user-and-group', ({ document, spec }, { spec: before }) =>
  (['postgresUID', 'postgresGID'] as const)
    .filter(field => spec[field] !== before[field])
    .map(field => {
      const path = ['spec', field];
      const old = String(before[field]);
      return onValue(
        path,
        `${field} cannot change (it is ${old}): the files in the volumes belong to that number, and PostgreSQL could not read them as ${spec[field]}.`,
        placeOf(document, path)
          ? fix(`Change back to ${old}`, setValue(document, path, old))
          : fix(`Add ${field}: ${old}`, addKey(document, ['spec'], field, old)),
      );
    }),
);
