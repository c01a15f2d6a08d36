import { fix, renameKey } from '../edits.ts';
import { nearest } from '../nearest.ts';
import { clusterRule, onKey } from './rule.ts';

const path = ['spec', 'backup', 'volumeSnapshot', 'tablespaceClassName'];

export const tablespaceSnapshots = clusterRule('tablespace-snapshots', ({ document, spec }) => {
  const known = (spec.tablespaces ?? []).map(({ name }) => name);
  return Object.keys(spec.backup?.volumeSnapshot?.tablespaceClassName ?? {})
    .filter(name => !known.includes(name))
    .map(name => {
      const at = [...path, name];
      const guess = nearest(name, known);
      return onKey(
        at,
        `A class of snapshots is set for the tablespace "${name}", which is not in spec.tablespaces.${guess === undefined ? '' : ` Did you mean "${guess}"?`}`,
        guess === undefined ? [] : fix(`Change to ${guess}`, renameKey(document, at, guess)),
      );
    });
});
