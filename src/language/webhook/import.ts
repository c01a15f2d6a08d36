import type { Import } from '../admission/objects.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onKey } from './rule.ts';

export const importRule = clusterRule('import', ({ spec }) => {
  const source = spec.bootstrap?.initdb?.import;
  if (source?.type === 'microservice') return microservice(source);
  return source?.type === 'monolith' ? monolith(source) : [];
});

const at = (field: keyof Import, message: string): Finding =>
  onKey(['spec', 'bootstrap', 'initdb', 'import', field], message);

const microservice = ({ databases = [], roles = [] }: Import): Finding[] => [
  ...(databases.length === 1 ? [] : [at('databases', 'An import of type microservice takes exactly one database.')]),
  ...(roles.length === 0 ? [] : [at('roles', 'An import of type microservice takes no roles: remove the list.')]),
  ...(databases.length === 1 && databases[0]?.includes('*')
    ? [at('databases', 'An import of type microservice takes one database by its name, not a wildcard.')]
    : []),
];

const monolith = ({ databases = [], roles = [], postImportApplicationSQL = [] }: Import): Finding[] => [
  ...(databases.length > 0 ? [] : [at('databases', 'An import of type monolith needs one database or more, or "*".')]),
  ...(databases.length > 1 && databases.includes('*')
    ? [at('databases', '"*" stands for all databases: it cannot be beside others.')]
    : []),
  ...(roles.length > 1 && roles.includes('*')
    ? [at('roles', '"*" stands for all roles: it cannot be beside others.')]
    : []),
  ...(postImportApplicationSQL.length === 0
    ? []
    : [
        at(
          'postImportApplicationSQL',
          'An import of type monolith has no application database in which this SQL could run: remove it.',
        ),
      ]),
];
