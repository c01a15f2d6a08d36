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
            onKey(
              path(at),
              'WAL is archived by one of them only, and spec.backup.barmanObjectStore does so already: remove that, or isWALArchiver here.',
            ),
          )
      : []),
    ...archivers
      .slice(1)
      .map(at =>
        onKey(
          path(at),
          'WAL is archived by one plugin only, and one before this does so already: keep isWALArchiver on one of them.',
        ),
      ),
  ];
});
