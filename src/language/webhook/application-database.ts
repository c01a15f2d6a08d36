import { clusterRule, onKey } from './rule.ts';

export const applicationDatabase = clusterRule('application-database', ({ spec: { bootstrap = {} } }) =>
  (['initdb', 'recovery', 'pg_basebackup'] as const).flatMap(method => {
    const { database = '', owner = '' } = bootstrap[method] ?? {};
    if ((database === '') === (owner === '')) return [];
    const [given, missing] = owner === '' ? ['database', 'owner'] : ['owner', 'database'];
    return [
      onKey(
        ['spec', 'bootstrap', method, given],
        `An application database needs both a name and an owner: add "${missing}", or remove "${given}".`,
      ),
    ];
  }),
);
