import { fix, plainText, setValue } from '../edits.ts';
import type { Rule } from './rule.ts';
import { onValue } from './rule.ts';
import { linkParameter, linksFrom } from './links.ts';

export const wrongService: Rule = {
  code: 'RC503',
  severity: 'warning',
  check: subject =>
    linksFrom(subject).flatMap(link => {
      const host = link.parameters['host'] ?? '';
      const [first = '', ...rest] = host.split('.');
      const name = link.other?.name ?? link.entry.name;
      const suffix = first.startsWith(`${name}-`) ? first.slice(name.length + 1) : '';
      if (!/^(ro?|\d+)$/.test(suffix)) return [];
      const right = [`${name}-rw`, ...rest].join('.');
      const what = /^\d+$/.test(suffix)
        ? 'one instance, whatever its role'
        : suffix === 'ro'
          ? 'standbys only'
          : 'any instance';
      return [
        onValue(
          linkParameter(link, 'host'),
          `${first} leads to ${what}. Follow ${name}-rw: it moves with the primary.`,
          {
            fixes: fix(`Change to ${right}`, setValue(subject.document, linkParameter(link, 'host'), plainText(right))),
          },
        ),
      ];
    }),
};
