import type { DatabaseSpec } from '../admission/objects.ts';
import { onKey, onValue, ruleOf } from './rule.ts';

export const foreignServers = ruleOf<DatabaseSpec>(
  ['Database'],
  'foreign-servers',
  ({ spec: { fdws = [], servers = [] } }) => {
    const known = fdws.map(({ name }) => name);
    return servers.flatMap(({ name, fdw = '', ensure }, at) => {
      if (ensure === 'absent' || known.includes(fdw)) return [];
      const path = ['spec', 'servers', at];
      return [
        fdw === ''
          ? onKey([...path, 'name'], `The server "${name}" needs its foreign data wrapper: add fdw.`)
          : onValue(
              [...path, 'fdw'],
              `There is no foreign data wrapper "${fdw}" in spec.fdws (${known.join(', ') || 'none'}).`,
            ),
      ];
    });
  },
);
