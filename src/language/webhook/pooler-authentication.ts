import type { PoolerSpec } from '../admission/objects.ts';
import { newIn, onKey, outdated, ruleOf, warn } from './rule.ts';

export const poolerAuthentication = ruleOf<PoolerSpec>(
  ['Pooler'],
  'pooler-authentication',
  ({ spec: { pgbouncer = {} }, minor }) => {
    const { authQuery = '', authQuerySecret, serverTLSSecret } = pgbouncer;
    const path = (field: string) => ['spec', 'pgbouncer', field];
    const secret = authQuerySecret?.name ? 'authQuerySecret' : serverTLSSecret?.name ? 'serverTLSSecret' : undefined;
    if (secret !== undefined && authQuery === '')
      return [
        onKey(
          path(secret),
          `With ${secret} the operator does not set up how PgBouncer looks up passwords: add authQuery, such as SELECT usename, passwd FROM public.user_search($1).`,
        ),
      ];
    if (secret === undefined && authQuery !== '')
      return [
        onKey(
          path('authQuery'),
          `With authQuery it must be said as whom PgBouncer asks: add ${minor < 28 ? 'authQuerySecret' : 'serverTLSSecret (or authQuerySecret, which is deprecated)'}, or remove authQuery.`,
        ),
      ];
    if (authQuery === '') return [];
    return [
      warn(
        onKey(
          path('authQuery'),
          'With a query of your own the operator does not set up the role and the function in the Cluster: make them yourself.',
        ),
      ),
      ...(authQuerySecret?.name
        ? newIn(28, [
            outdated(
              onKey(
                path('authQuerySecret'),
                'authQuerySecret is deprecated: log in with a certificate (serverTLSSecret).',
              ),
            ),
          ])
        : []),
    ];
  },
);
