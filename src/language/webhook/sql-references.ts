import { clusterRule, onKey } from './rule.ts';

export const sqlReferences = clusterRule('sql-references', ({ spec }) => {
  const references = spec.bootstrap?.initdb?.postInitApplicationSQLRefs;
  return (['secretRefs', 'configMapRefs'] as const).flatMap(list =>
    (references?.[list] ?? []).flatMap((item, at) => {
      const missing = (['name', 'key'] as const).filter(field => !item[field]);
      if (missing.length === 0) return [];
      return [
        onKey(
          ['spec', 'bootstrap', 'initdb', 'postInitApplicationSQLRefs', list, at],
          `A reference to SQL needs name and key; ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} empty.`,
        ),
      ];
    }),
  );
});
