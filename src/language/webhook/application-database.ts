import { fix, removeBranch } from '../edits.ts';
import { clusterRule, newIn, onKey } from './rule.ts';

export const applicationDatabase = clusterRule('application-database', ({ document, spec: { bootstrap = {} } }) =>
  (['initdb', 'recovery', 'pg_basebackup'] as const).flatMap(method => {
    const { database = '', owner = '' } = bootstrap[method] ?? {};
    if ((database === '') === (owner === '')) return [];
    const [given, missing] = owner === '' ? ['database', 'owner'] : ['owner', 'database'];
    const path = ['spec', 'bootstrap', method, given];
    // In 1.26 the operator itself names the database of a monolithic import.
    const isNamed = method === 'initdb' && given === 'owner' && bootstrap.initdb?.import?.type === 'monolith';
    return newIn(isNamed ? 27 : 0, [
      onKey(
        path,
        `An application database needs both a name and an owner: add "${missing}", or remove "${given}".`,
        fix(`Remove ${given}`, removeBranch(document, path)),
      ),
    ]);
  }),
);
