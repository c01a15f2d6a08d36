import { onValue, parameter, updateRule } from './rule.ts';

export const walLevelChange = updateRule('wal-level-change', ({ spec }, { spec: before }) => {
  const [old, now] = [before, spec].map(each => each.postgresql?.parameters?.['wal_level'] ?? '');
  if (now !== 'minimal' || old === '' || old === now) return [];
  return [
    onValue(
      parameter('wal_level'),
      `wal_level cannot become minimal on a Cluster that exists (it is ${old}): standbys and archive would be cut off.`,
    ),
  ];
});
