import { addKey, fix, setValue } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import type { Rule } from './rule.ts';
import { onKey, onValue } from './rule.ts';
import { linkParameter, linksFrom, parametersIn, streamingUser } from './links.ts';

export const sslmodeWeak: Rule = {
  code: 'RC507',
  severity: 'warning',
  check: subject =>
    linksFrom(subject).flatMap(link => {
      const mode = link.parameters['sslmode'];
      if (mode === 'verify-full') return [];
      const path = linkParameter(link, 'sslmode');
      const { document } = subject;
      const fixes = link.entry.sslRootCert
        ? fix(
            'Set sslmode: verify-full',
            placeOf(document, path)
              ? setValue(document, path, 'verify-full')
              : addKey(document, parametersIn(link), 'sslmode', 'verify-full'),
          )
        : [];
      if (mode === undefined)
        return [
          onKey(parametersIn(link), 'Without sslmode the link does not check whom it reached: use verify-full.', {
            fixes,
          }),
        ];
      if (mode === 'verify-ca')
        return [
          onValue(
            path,
            'verify-ca checks who signed the certificate, not whose it is: use verify-full where the name is in it.',
            {
              severity: 'info',
              fixes,
            },
          ),
        ];
      const refused = mode === 'disable' && link.parameters['user'] === streamingUser;
      return [
        onValue(
          path,
          refused
            ? `${streamingUser} is let in over TLS only, and this switches it off.`
            : `With ${mode} the link does not check whom it reached: use verify-full.`,
          { ...(refused && { severity: 'error' }), fixes },
        ),
      ];
    }),
};
