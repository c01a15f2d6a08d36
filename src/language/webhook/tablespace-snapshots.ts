import { clusterRule, onKey } from './rule.ts';

export const tablespaceSnapshots = clusterRule('tablespace-snapshots', ({ spec }) => {
  const path = ['spec', 'backup', 'volumeSnapshot', 'tablespaceClassName'];
  const known = new Set((spec.tablespaces ?? []).map(({ name }) => name));
  return Object.keys(spec.backup?.volumeSnapshot?.tablespaceClassName ?? {})
    .filter(name => !known.has(name))
    .map(name => onKey([...path, name], `There is no tablespace "${name}" in spec.tablespaces.`));
});
