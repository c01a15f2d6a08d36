import type { Import } from '../admission/objects.ts';
import { fix, removeKey } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onKey, onValue } from './rule.ts';

export const importRule = clusterRule('import', ({ document, spec }) => {
  const source = spec.bootstrap?.initdb?.import;
  if (source?.type === 'microservice') return microservice(source, document);
  return source?.type === 'monolith' ? monolith(source, document) : [];
});

const at = (...rest: Path): Path => ['spec', 'bootstrap', 'initdb', 'import', ...rest];

const tooMuch = (document: ManifestDocument, field: keyof Import, message: string): Finding =>
  onKey(at(field), message, fix(`Remove ${field}`, removeKey(document, at(field))));

function microservice({ databases = [], roles = [] }: Import, document: ManifestDocument): Finding[] {
  const [database = ''] = databases;
  return [
    ...(databases.length === 1
      ? []
      : [
          onKey(
            at('databases'),
            `An import of type microservice takes exactly one database${databases.length > 1 ? ': for several use monolith' : ': name it'}.`,
          ),
        ]),
    ...(roles.length === 0
      ? []
      : [
          tooMuch(
            document,
            'roles',
            'An import of type microservice takes no roles, since the owner of the application owns everything: remove the list.',
          ),
        ]),
    ...(databases.length === 1 && database.includes('*')
      ? [onValue(at('databases', 0), 'An import of type microservice takes one database by its name, not a wildcard.')]
      : []),
  ];
}

const monolith = (
  { databases = [], roles = [], postImportApplicationSQL = [] }: Import,
  document: ManifestDocument,
): Finding[] => [
  ...(databases.length > 0
    ? []
    : [onKey(at('databases'), 'An import of type monolith needs one database or more, or "*".')]),
  ...wildcard('databases', databases),
  ...wildcard('roles', roles),
  ...(postImportApplicationSQL.length === 0
    ? []
    : [
        tooMuch(
          document,
          'postImportApplicationSQL',
          'An import of type monolith has no application database in which this SQL could run: remove it.',
        ),
      ]),
];

function wildcard(field: 'databases' | 'roles', names: readonly string[]): Finding[] {
  if (names.length < 2 || !names.includes('*')) return [];
  return [
    onValue(
      at(field, names.indexOf('*')),
      `"*" stands for all ${field}: it cannot be beside others. Remove it, or the others.`,
    ),
  ];
}
