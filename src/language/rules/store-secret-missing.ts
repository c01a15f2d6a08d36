import { storeOf } from '../sound.ts';
import type { ObjectRule } from './rule.ts';
import { onKey } from './rule.ts';
import { isSecretMissing, secretUses } from './secrets-here.ts';

export const storeSecretMissing: ObjectRule = {
  code: 'RC409',
  severity: 'warning',
  kinds: ['ObjectStore'],
  check({ entry, workspace, complete }) {
    if (!complete) return [];
    return secretUses(storeOf(entry.document)?.configuration, ['spec', 'configuration'])
      .filter(({ name }) => isSecretMissing(workspace, entry, name))
      .map(({ path, name, key }) =>
        onKey(
          path,
          `Secret ${name} (key ${key}) is not among the Secrets of ${entry.namespace ?? 'this place'}${entry.context === undefined ? '' : ` in ${entry.context}`}. Nothing copies it from the other side.`,
        ),
      );
  },
};
