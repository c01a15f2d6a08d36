import type { Rule } from './rule.ts';
import { onKey } from './rule.ts';
import { linksFrom } from './links.ts';

const fields = [
  { field: 'sslCert', suffix: 'replication', own: 'replicationTLSSecret' },
  { field: 'sslRootCert', suffix: 'ca', own: 'serverCASecret' },
] as const;

export const certificatesExpire: Rule = {
  code: 'RC512',
  severity: 'info',
  check: subject =>
    linksFrom(subject).flatMap(link => {
      const { other } = link;
      if (!other) return [];
      return fields
        .filter(
          ({ field, suffix, own }) =>
            link.entry[field]?.name === `${other.name}-${suffix}` && !other.cluster.spec.certificates?.[own],
        )
        .slice(0, 1)
        .map(({ field }) =>
          onKey(
            [...link.path, field],
            `Certificates that CloudNativePG makes live 90 days: copies of ${other.name}'s have to be renewed, or both sides need one CA (spec.certificates).`,
          ),
        );
    }),
};
