import { fix, setValue } from '../edits.ts';
import { onValue, parameter, updateRule } from './rule.ts';

const path = parameter('wal_level');

/** Without a level in the manifest the Cluster has the operator's: logical. */
export const walLevelChange = updateRule('wal-level-change', ({ document, spec }, { spec: before }) => {
  const old = before.postgresql?.parameters?.['wal_level'] ?? '';
  const now = spec.postgresql?.parameters?.['wal_level'] ?? '';
  if (now !== 'minimal' || old === '' || old === now) return [];
  return [
    onValue(
      path,
      `wal_level cannot become minimal on a Cluster that exists (it is ${old}): standbys and the archive would miss what is left out of WAL.`,
      fix(`Change back to ${old}`, setValue(document, path, old)),
    ),
  ];
});
