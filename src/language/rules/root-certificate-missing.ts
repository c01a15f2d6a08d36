import { addKey, fix } from '../edits.ts';
import type { Rule } from './rule.ts';
import { onValue } from './rule.ts';
import { linkParameter, linksFrom } from './links.ts';

export const rootCertificateMissing: Rule = {
  code: 'RC508',
  severity: 'error',
  check: subject =>
    linksFrom(subject).flatMap(link => {
      const mode = link.parameters['sslmode'] ?? '';
      if (!['verify-ca', 'verify-full'].includes(mode) || link.entry.sslRootCert || link.parameters['sslrootcert'])
        return [];
      const secret = `${link.other?.name ?? link.entry.name}-ca`;
      return [
        onValue(linkParameter(link, 'sslmode'), `${mode} needs the CA of "${link.entry.name}": add sslRootCert.`, {
          fixes: fix(
            `Use the CA in Secret ${secret}`,
            addKey(subject.document, link.path, 'sslRootCert', `\n  name: ${secret}\n  key: ca.crt`),
          ),
        }),
      ];
    }),
};
