import type { Rule } from './rule.ts';
import { fix, removeKey } from '../edits.ts';

export const bootstrapTwice: Rule = {
  code: 'RC114',
  severity: 'error',
  check({ document, cluster: { spec } }) {
    const methods = ['initdb', 'recovery', 'pg_basebackup'].filter(method => spec.bootstrap?.[method]);
    return methods.slice(1).map(method => ({
      path: ['spec', 'bootstrap', method],
      on: 'key' as const,
      message: `Only one bootstrap method can be chosen; the webhook refuses ${methods.join(' and ')} together.`,
      fixes: fix(`Remove ${method}`, removeKey(document, ['spec', 'bootstrap', method])),
    }));
  },
};
