import { addKey, fix } from '../edits.ts';
import type { Rule } from './rule.ts';
import { onValue } from './rule.ts';
import { linkParameter, linksFrom, streamingUser } from './links.ts';

export const certificateMissing: Rule = {
  code: 'RC504',
  severity: 'error',
  check: subject =>
    linksFrom(subject).flatMap(link => {
      if (link.parameters['user'] !== streamingUser) return [];
      const missing = (['sslCert', 'sslKey'] as const).filter(field => !link.entry[field]);
      // Another product's server may have a user of that name and let it in by a password.
      if (missing.length === 0 || (link.entry.password && !link.other)) return [];
      const secret = `${link.other?.name ?? link.entry.name}-replication`;
      const keys = { sslCert: 'tls.crt', sslKey: 'tls.key' };
      return [
        onValue(
          linkParameter(link, 'user'),
          `${streamingUser} is let in by a client certificate only: add ${missing.join(' and ')}.`,
          {
            fixes: fix(
              `Use the certificate in Secret ${secret}`,
              addKey(
                subject.document,
                link.path,
                missing[0] ?? '',
                missing
                  .map((field, at) => `${at === 0 ? '' : `${field}:`}\n  name: ${secret}\n  key: ${keys[field]}`)
                  .join('\n'),
              ),
            ),
          },
        ),
      ];
    }),
};
