import { postgresBoolean } from '../admission/booleans.ts';
import { fix } from '../edits.ts';
import { clusterRule, newIn, ofValues, onValue, parameter, switchOn } from './rule.ts';

/** Parameters whose value the webhook reads. */
const booleans = ['hot_standby_feedback', 'sync_replication_slots', 'wal_log_hints'];

export const booleanParameter = ofValues(
  clusterRule('boolean-parameter', ({ document, spec }) => {
    const parameters = spec.postgresql?.parameters ?? {};
    return booleans.flatMap(name => {
      const value = parameters[name];
      if (value === undefined) return [];
      const state = postgresBoolean(value);
      if (state === undefined)
        return newIn(name === 'wal_log_hints' ? 0 : 27, [
          onValue(parameter(name), `${name} must be "on" or "off"; it is "${value}".`),
        ]);
      if (name !== 'wal_log_hints' || state || (spec.instances ?? 0) <= 1) return [];
      return [
        onValue(
          parameter(name),
          'wal_log_hints must be "on" when there are standbys: pg_rewind needs the hints to bring a former primary back.',
          fix('Change to "on"', switchOn(document, name)),
        ),
      ];
    });
  }),
);
