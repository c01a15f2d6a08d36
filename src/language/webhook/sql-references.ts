import { clusterRule, onValue } from './rule.ts';

/** The references for other databases (postInitSQLRefs, postInitTemplateSQLRefs) are not looked at. */
export const sqlReferences = clusterRule('sql-references', ({ spec }) => {
  const references = spec.bootstrap?.initdb?.postInitApplicationSQLRefs;
  return (['secretRefs', 'configMapRefs'] as const).flatMap(list =>
    (references?.[list] ?? []).flatMap((item, at) =>
      (['name', 'key'] as const)
        .filter(field => !item[field])
        .map(field =>
          onValue(
            ['spec', 'bootstrap', 'initdb', 'postInitApplicationSQLRefs', list, at, field],
            field === 'name'
              ? `The SQL is read from a ${list === 'secretRefs' ? 'Secret' : 'ConfigMap'}, and its name is not said: add "name".`
              : `The SQL is read from a key of the ${list === 'secretRefs' ? 'Secret' : 'ConfigMap'}, and the key is not said: add "key".`,
          ),
        ),
    ),
  );
});
