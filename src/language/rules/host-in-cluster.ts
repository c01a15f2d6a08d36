import { isInCluster } from '../archives.ts';
import { areApart } from '../sides.ts';
import { isServiceHere } from './service-here.ts';
import type { Rule } from './rule.ts';
import { onValue } from './rule.ts';
import { linkParameter, linksFrom } from './links.ts';

export const hostInCluster: Rule = {
  code: 'RC502',
  severity: 'warning',
  check(subject) {
    const { entry, workspace } = subject;
    return linksFrom(subject).flatMap(link => {
      const host = link.parameters['host'];
      const { other } = link;
      if (!host || !other || !areApart(entry, other) || !isInCluster(host) || isServiceHere(workspace, entry, host))
        return [];
      return [
        onValue(
          linkParameter(link, 'host'),
          `${host} is a name that only ${other.context} resolves, not ${entry.context}. Give ${other.name} a service that is reached from outside (spec.managed.services.additional with selectorType rw), and use its name.`,
          { related: [{ entry: other, path: ['metadata', 'name'], message: `${other.name} in ${other.context}` }] },
        ),
      ];
    });
  },
};
