import { fix, setValue } from '../edits.ts';
import { clusterRule, ofValues, onKey, onValue, repeated } from './rule.ts';

export const managedRoles = ofValues(
  clusterRule('managed-roles', ({ document, spec }) => {
    const roles = spec.managed?.roles ?? [];
    const at = (index: number, field: string) => ['spec', 'managed', 'roles', index, field];
    return [
      ...repeated(roles, ({ name }) => name).map(index =>
        onValue(at(index, 'name'), `The role "${roles[index]?.name}" is there twice: remove one.`),
      ),
      ...roles.flatMap(({ name, connectionLimit = -1, disablePassword, passwordSecret }, index) => [
        ...(connectionLimit < -1
          ? [
              onValue(
                at(index, 'connectionLimit'),
                'connectionLimit is a number of connections, or -1 for no limit.',
                fix('Change to -1 (no limit)', setValue(document, at(index, 'connectionLimit'), '-1')),
              ),
            ]
          : []),
        ...(['postgres', 'streaming_replica'].includes(name) || /^(pg|cnpg)_/.test(name)
          ? [
              onValue(
                at(index, 'name'),
                `The role "${name}" belongs to PostgreSQL or to the operator, as do all that begin with pg_ or cnpg_: give it another name.`,
              ),
            ]
          : []),
        ...(disablePassword && passwordSecret
          ? [
              onKey(
                at(index, 'disablePassword'),
                'A role has a password (passwordSecret) or none (disablePassword), not both.',
              ),
            ]
          : []),
      ]),
    ];
  }),
);
