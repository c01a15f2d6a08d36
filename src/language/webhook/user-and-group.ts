import { onValue, updateRule } from './rule.ts';

export const userAndGroup = updateRule('user-and-group', ({ spec }, { spec: before }) =>
  (['postgresUID', 'postgresGID'] as const)
    .filter(field => spec[field] !== before[field])
    .map(field =>
      onValue(
        ['spec', field],
        `${field} cannot change (${before[field]} to ${spec[field]}): the files of the database belong to it.`,
      ),
    ),
);
