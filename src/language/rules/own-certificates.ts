import { fix, plainText, setValue } from '../edits.ts';
import type { Rule } from './rule.ts';
import { onValue } from './rule.ts';
import { linksFrom } from './links.ts';

const fields = [
  { field: 'sslCert', suffix: 'replication', authority: 'clientCASecret' },
  { field: 'sslKey', suffix: 'replication', authority: 'clientCASecret' },
  { field: 'sslRootCert', suffix: 'ca', authority: 'serverCASecret' },
] as const;

export const ownCertificates: Rule = {
  code: 'RC511',
  severity: 'warning',
  check(subject) {
    const { cluster, document } = subject;
    return linksFrom(subject).flatMap(link => {
      const other = link.other?.name ?? link.entry.name;
      return fields.flatMap(({ field, suffix, authority }) => {
        const own = `${cluster.metadata.name}-${suffix}`;
        if (link.entry[field]?.name !== own || other === cluster.metadata.name) return [];
        const shared = cluster.spec.certificates?.[authority];
        // One CA for both sides: the own certificates do for the other side as well.
        if (shared && (!link.other || link.other.cluster.spec.certificates?.[authority] === shared)) return [];
        const path = [...link.path, field, 'name'];
        return [
          onValue(
            path,
            `${own} belongs to ${cluster.metadata.name}, and "${link.entry.name}" has a CA of its own: use a copy of its ${other}-${suffix}.`,
            {
              fixes: fix(`Change to ${other}-${suffix}`, setValue(document, path, plainText(`${other}-${suffix}`))),
            },
          ),
        ];
      });
    });
  },
};
