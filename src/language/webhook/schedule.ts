import type { ScheduledBackupSpec } from '../admission/objects.ts';
import { scheduleFault } from '../admission/schedules.ts';
import { fix, setValue } from '../edits.ts';
import { ofValues, onValue, ruleOf, warn } from './rule.ts';

export const schedule = ofValues(
  ruleOf<ScheduledBackupSpec>(['ScheduledBackup'], 'schedule', ({ document, spec }) => {
    const { schedule: text = '' } = spec;
    const path = ['spec', 'schedule'];
    const fault = scheduleFault(text);
    const count = text.split(/\s+/).filter(Boolean).length;
    const withSeconds = `0 ${text}`;
    const fixes =
      count === 5 && scheduleFault(withSeconds) === undefined
        ? fix(`Change to "${withSeconds}"`, setValue(document, path, JSON.stringify(withSeconds)))
        : [];
    if (fault !== undefined) return [onValue(path, `"${text}" is no schedule: ${fault}.`, fixes)];
    if (count === 6) return [];
    return [
      warn(
        onValue(
          path,
          count === 5
            ? `A schedule begins with seconds: with five fields "${text}" is read as second, minute, hour, day and month. Put "0 " before it for the usual cron.`
            : `A schedule usually has six fields, seconds first; "${text}" is taken as it is.`,
          fixes,
        ),
      ),
    ];
  }),
);
