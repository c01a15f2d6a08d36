import type { BackupSpec } from '../admission/objects.ts';
import { addKey, fix, setValue } from '../edits.ts';
import { onValue, ruleOf } from './rule.ts';

/** The plugin that takes the place of the object stores in the Cluster. */
const barman = 'barman-cloud.cloudnative-pg.io';

export const backupPlugin = ruleOf<BackupSpec>(['Backup'], 'backup-plugin', ({ document, spec }) => {
  if (spec.method !== 'plugin' || spec.pluginConfiguration?.name) return [];
  const name = ['spec', 'pluginConfiguration', 'name'];
  return [
    onValue(
      spec.pluginConfiguration ? name : ['spec', 'method'],
      `The method plugin needs the name of the plugin that makes the backup: set pluginConfiguration.name, such as ${barman}.`,
      fix(
        `Use ${barman}`,
        spec.pluginConfiguration
          ? setValue(document, name, barman)
          : addKey(document, ['spec'], 'pluginConfiguration', `\n  name: ${barman}`),
      ),
    ),
  ];
});
