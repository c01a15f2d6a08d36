import type { BackupSpec } from '../admission/objects.ts';
import { fix, removeKey } from '../edits.ts';
import { onKey, ruleOf } from './rule.ts';

export const backupOnline = ruleOf<BackupSpec>(['Backup', 'ScheduledBackup'], 'backup-online', ({ document, spec }) => {
  if (spec.method !== 'barmanObjectStore') return [];
  return (['online', 'onlineConfiguration'] as const)
    .filter(field => spec[field] !== undefined)
    .map(field =>
      onKey(
        ['spec', field],
        `"${field}" is for volume snapshots; this backup has the method barmanObjectStore (which is the default): set method: volumeSnapshot, or remove it.`,
        fix(`Remove ${field}`, removeKey(document, ['spec', field])),
      ),
    );
});
