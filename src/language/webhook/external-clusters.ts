import type { ExternalCluster } from '../admission/objects.ts';
import type { Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, newIn, onKey, onValue, repeated } from './rule.ts';

export const externalClusters = clusterRule('external-clusters', ({ spec: { externalClusters: entries = [] } }) => [
  ...entries.flatMap((entry, at) => faultsOf(entry, ['spec', 'externalClusters', at])),
  ...repeated(entries, ({ name }) => name).map(at =>
    onValue(
      ['spec', 'externalClusters', at, 'name'],
      `"${entries[at]?.name}" is there twice in externalClusters, so it is not clear which is meant: rename or remove one.`,
    ),
  ),
]);

function faultsOf(entry: ExternalCluster, path: Path): Finding[] {
  const reachable = entry.connectionParameters ?? entry.barmanObjectStore ?? entry.plugin;
  const selectors = (['sslCert', 'sslKey', 'sslRootCert'] as const).flatMap(field =>
    (['name', 'key'] as const).map(part => ({ at: [...path, field, part], text: entry[field]?.[part] })),
  );
  return [
    ...(reachable
      ? []
      : [
          onKey(
            [...path, 'name'],
            `Nothing says how to reach "${entry.name}": add connectionParameters (streaming), plugin or barmanObjectStore (archive).`,
          ),
        ]),
    ...newIn(
      30,
      [{ at: [...path, 'name'], text: entry.name }, ...selectors]
        .filter(({ text }) => text !== undefined && (text === '.' || text === '..' || /[/\\]/.test(text)))
        .map(({ at, text }) =>
          onValue(
            at,
            `A folder or file is named after it, so "${text}" cannot have "/" or "\\" in it or be "." or "..".`,
          ),
        ),
    ),
  ];
}
