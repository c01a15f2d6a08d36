import { postgresBoolean } from '../admission/booleans.ts';
import { postgresMajor } from '../admission/images.ts';
import { fix } from '../edits.ts';
import { clusterRule, onKey, onValue, parameter, switchOn } from './rule.ts';

const path = ['spec', 'replicationSlots', 'highAvailability', 'synchronizeLogicalDecoding'];

export const logicalDecoding = clusterRule('logical-decoding', ({ document, spec }) => {
  const parameters = spec.postgresql?.parameters ?? {};
  const major = postgresMajor(spec);
  if (!spec.replicationSlots?.highAvailability?.synchronizeLogicalDecoding || major === undefined) return [];
  if (Object.keys(parameters).some(name => name.startsWith('pg_failover_slots.'))) return [];
  if (major < 17)
    return [
      onKey(
        path,
        `PostgreSQL ${major} cannot synchronise logical slots itself: use 17 or newer, or the extension pg_failover_slots.`,
      ),
    ];
  const off = ['hot_standby_feedback', 'sync_replication_slots'].filter(
    name => !postgresBoolean(parameters[name] ?? ''),
  );
  const absent = off.filter(name => parameters[name] === undefined);
  const [first, ...more] = absent;
  return [
    ...(first === undefined
      ? []
      : [
          onKey(
            path,
            `Logical slots are synchronised only with ${absent.join(' and ')} on: add that to spec.postgresql.parameters.`,
            fix(`Set ${absent.join(' and ')}: "on"`, switchOn(document, first, ...more)),
          ),
        ]),
    ...off
      .filter(name => !absent.includes(name))
      .map(name =>
        onValue(
          parameter(name),
          `Logical slots are synchronised (synchronizeLogicalDecoding) only with ${name} on.`,
          fix('Change to "on"', switchOn(document, name)),
        ),
      ),
  ];
});
