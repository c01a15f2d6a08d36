import { clusterRule, onKey, onValue } from './rule.ts';

export const bootstrapSource = clusterRule('bootstrap-source', ({ spec }) => {
  const { pg_basebackup: copy, recovery } = spec.bootstrap ?? {};
  const { externalClusters = [] } = spec;
  const find = (name: string) => externalClusters.find(entry => entry.name === name);
  const listed = externalClusters.map(({ name }) => name).join(', ') || 'none';
  if (copy && !find(copy.source))
    return [
      copy.source
        ? onValue(
            ['spec', 'bootstrap', 'pg_basebackup', 'source'],
            `"${copy.source}" is not in externalClusters (${listed}): pg_basebackup would not know whom to ask.`,
          )
        : onKey(['spec', 'bootstrap', 'pg_basebackup'], 'pg_basebackup needs a source: an entry of externalClusters.'),
    ];
  if (!recovery?.source) return [];
  const path = ['spec', 'bootstrap', 'recovery', 'source'];
  const entry = find(recovery.source);
  if (!entry) return [onValue(path, `"${recovery.source}" is not in externalClusters (${listed}).`)];
  return (entry.connectionParameters ?? entry.barmanObjectStore ?? entry.plugin)
    ? []
    : [
        onValue(
          path,
          `Nothing can be recovered from "${recovery.source}": its entry has no plugin, barmanObjectStore or connectionParameters.`,
        ),
      ];
});
