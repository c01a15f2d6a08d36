import { addKey, fix, plainText } from '../edits.ts';
import type { Rule } from './rule.ts';
import { onKey } from './rule.ts';
import { linksFrom, parametersIn } from './links.ts';

export const hostMissing: Rule = {
  code: 'RC501',
  severity: 'error',
  check: subject =>
    linksFrom(subject)
      .filter(({ parameters }) => !parameters['host'] && !parameters['hostaddr'])
      .map(link => {
        const { name, namespace } = link.other ?? { name: link.entry.name, namespace: undefined };
        const host = `${name}-rw${namespace === undefined ? '' : `.${namespace}.svc`}`;
        return onKey(
          parametersIn(link),
          `"${link.entry.name}" has no host: PostgreSQL would look for a socket on its own machine.`,
          {
            fixes: fix(`Add host: ${host}`, addKey(subject.document, parametersIn(link), 'host', plainText(host))),
          },
        );
      }),
};
