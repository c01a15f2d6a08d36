import { clusterRule, ofValues, onValue } from './rule.ts';

/** Variables that the operator sets in its pods. */
export const isReservedVariable = (name: string): boolean =>
  /^(CNPG_|PG)/i.test(name) || ['POD_NAME', 'NAMESPACE', 'CLUSTER_NAME'].includes(name.toUpperCase());

export const reservedEnvironment = ofValues(
  clusterRule('reserved-environment', ({ spec: { env = [] } }) =>
    env.flatMap(({ name }, at) =>
      isReservedVariable(name)
        ? [
            onValue(
              ['spec', 'env', at, 'name'],
              `The operator keeps variables that begin with PG or CNPG_, and POD_NAME, NAMESPACE, CLUSTER_NAME to itself: rename "${name}".`,
            ),
          ]
        : [],
    ),
  ),
);
