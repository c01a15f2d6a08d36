import type { DatabaseSpec } from '../admission/objects.ts';
import { fix, plainText, setValue } from '../edits.ts';
import { nearest } from '../nearest.ts';
import { onValue, ruleOf } from './rule.ts';

export const foreignServers = ruleOf<DatabaseSpec>(
  ['Database'],
  'foreign-servers',
  ({ document, spec: { fdws = [], servers = [] } }) => {
    const known = fdws.flatMap(({ name }) => name ?? []);
    return servers.flatMap(({ fdw = '', ensure }, at) => {
      // Without one the schema refuses it.
      if (ensure === 'absent' || fdw === '' || known.includes(fdw)) return [];
      const path = ['spec', 'servers', at, 'fdw'];
      const guess = nearest(fdw, known);
      return [
        onValue(
          path,
          `There is no foreign data wrapper "${fdw}" in spec.fdws (${known.join(', ') || 'none'}): list it there, so that the operator makes it first.`,
          guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, plainText(guess))),
        ),
      ];
    });
  },
);
