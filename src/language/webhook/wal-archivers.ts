import { clusterRule, onKey } from './rule.ts';

export const walArchivers = clusterRule('wal-archivers', ({ spec }) => {
  const archivers = (spec.plugins ?? []).flatMap(({ enabled = true, isWALArchiver }, at) =>
    enabled && isWALArchiver ? [at] : [],
  );
  const path = (at: number) => ['spec', 'plugins', at, 'isWALArchiver'];
  return [
    ...(spec.backup?.barmanObjectStore
      ? archivers
          .slice(0, 1)
          .map(at =>
            onKey(path(at), 'WAL is archived already, by spec.backup.barmanObjectStore: remove it, or isWALArchiver.'),
          )
      : []),
    ...archivers.slice(1).map(at => onKey(path(at), 'Only one plugin can archive WAL, and one before this does.')),
  ];
});
