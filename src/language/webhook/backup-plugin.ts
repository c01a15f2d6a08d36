import type { BackupSpec } from '../admission/objects.ts';
import { onKey, onValue, ruleOf } from './rule.ts';

export const backupPlugin = ruleOf<BackupSpec>(['Backup'], 'backup-plugin', ({ spec }) => {
  if (spec.method !== 'plugin' || spec.pluginConfiguration?.name) return [];
  const message =
    'The method plugin needs the name of the plugin: add pluginConfiguration.name, such as barman-cloud.cloudnative-pg.io.';
  return [
    spec.pluginConfiguration ? onKey(['spec', 'pluginConfiguration'], message) : onValue(['spec', 'method'], message),
  ];
});
