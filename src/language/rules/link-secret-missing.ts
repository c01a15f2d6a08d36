import type { Rule } from './rule.ts';
import { clusterNamed, onKey, otherEntries } from './rule.ts';
import { isSecretMissing, secretUses } from './secrets-here.ts';

const fields = ['sslCert', 'sslKey', 'sslRootCert', 'password'] as const;

export const linkSecretMissing: Rule = {
  code: 'RC510',
  severity: 'warning',
  check(subject) {
    const { cluster, entry, workspace, complete } = subject;
    if (!complete) return [];
    return otherEntries(cluster).flatMap(({ entry: external, path }) =>
      fields
        .flatMap(field => secretUses(external[field], [...path, field]))
        .filter(({ name }) => isSecretMissing(workspace, entry, name))
        .map(({ path: at, name, key }) => {
          const from = clusterNamed(subject, external.name)?.context;
          return onKey(
            at,
            `Secret ${name} (key ${key}) is not among the Secrets of ${entry.namespace ?? 'this place'}. CloudNativePG never copies Secrets: bring it here${from === undefined ? '' : ` from ${from}`}.`,
          );
        }),
    );
  },
};
