import type { PoolerSpec } from '../admission/objects.ts';
import { onKey, ruleOf, warn } from './rule.ts';

export const poolerAuthentication = ruleOf<PoolerSpec>(
  ['Pooler'],
  'pooler-authentication',
  ({ spec: { pgbouncer = {} } }) => {
    const { authQuery = '', authQuerySecret, serverTLSSecret } = pgbouncer;
    const path = (field: string) => ['spec', 'pgbouncer', field];
    const secret = authQuerySecret?.name ? 'authQuerySecret' : serverTLSSecret?.name ? 'serverTLSSecret' : undefined;
    if (secret !== undefined && authQuery === '')
      return [onKey(path(secret), `With ${secret} PgBouncer logs in by a query of your own: add authQuery.`)];
    if (secret === undefined && authQuery !== '')
      return [
        onKey(
          path('authQuery'),
          'With authQuery it must be said as whom PgBouncer asks: add serverTLSSecret (or authQuerySecret, which is deprecated).',
        ),
      ];
    if (authQuery === '') return [];
    return [
      warn(
        onKey(
          path('authQuery'),
          'With a query of your own the operator does not set up the role and the function in the Cluster: do it by hand.',
        ),
      ),
      ...(authQuerySecret?.name
        ? [
            warn(
              onKey(
                path('authQuerySecret'),
                'authQuerySecret is deprecated: log in with a certificate (serverTLSSecret).',
              ),
            ),
          ]
        : []),
    ];
  },
);
