import { addKey, fix, plainText } from '../edits.ts';
import type { Rule } from './rule.ts';
import { onValue } from './rule.ts';
import { linkParameter, linksFrom, streamingUser } from './links.ts';

export const passwordMissing: Rule = {
  code: 'RC505',
  severity: 'error',
  check: subject =>
    linksFrom(subject).flatMap(link => {
      const user = link.parameters['user'];
      if (!user || user === streamingUser || link.entry.password || link.entry.sslCert) return [];
      const secret = `${link.entry.name}-${user.replaceAll('_', '-')}`;
      return [
        onValue(
          linkParameter(link, 'user'),
          `Nothing says how ${user} logs in: add a password, or a certificate with sslCert and sslKey.`,
          {
            fixes: fix(
              `Read the password from Secret ${secret}`,
              addKey(subject.document, link.path, 'password', `\n  name: ${plainText(secret)}\n  key: password`),
            ),
          },
        ),
      ];
    }),
};
