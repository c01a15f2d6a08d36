import { fix, plainText, setValue } from '../edits.ts';
import { nearest } from '../nearest.ts';
import { clusterRule, onValue } from './rule.ts';

export const bootstrapSource = clusterRule('bootstrap-source', ({ document, spec, minor }) => {
  const { pg_basebackup, recovery } = spec.bootstrap ?? {};
  const names = (spec.externalClusters ?? []).map(({ name }) => name);
  const used = [
    { method: 'pg_basebackup', source: pg_basebackup?.source },
    { method: 'recovery', source: recovery?.source },
  ];
  const archived = (name: string): boolean => {
    const entry = spec.externalClusters?.find(each => each.name === name);
    return !entry || !!(entry.barmanObjectStore ?? entry.plugin);
  };
  return used.flatMap(({ method, source }) => {
    // An empty one is refused by the schema or means none, and an entry that cannot be reached has its own finding.
    if (!source) return [];
    const path = ['spec', 'bootstrap', method, 'source'];
    if (names.includes(source))
      return method === 'recovery' && minor < 29 && !archived(source)
        ? [
            onValue(
              path,
              `The entry "${source}" names no archive to recover from: add plugin or barmanObjectStore to it. CloudNativePG takes connectionParameters alone from 1.29 on.`,
            ),
          ]
        : [];
    const guess = nearest(source, names);
    return [
      onValue(
        path,
        `"${source}" is not in externalClusters (${names.join(', ') || 'none'}), so nobody knows where to copy the data from: name one of them, or add the entry.`,
        guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, plainText(guess))),
      ),
    ];
  });
});
