import { fix, removeKey } from '../edits.ts';
import type { Rule } from './rule.ts';
import { onValue } from './rule.ts';
import { linkParameter, linksFrom } from './links.ts';

export const applicationName: Rule = {
  code: 'RC514',
  severity: 'info',
  check: subject =>
    linksFrom(subject).flatMap(link => {
      const name = link.parameters['application_name'] ?? '';
      const source = link.other?.name ?? link.entry.name;
      if (!name.startsWith(`${source}-`) || !/^\d+$/.test(name.slice(source.length + 1))) return [];
      const path = linkParameter(link, 'application_name');
      return [
        onValue(path, `In ${source}'s status this looks like its own instance ${name}.`, {
          fixes: fix('Remove application_name', removeKey(subject.document, path)),
        }),
      ];
    }),
};
