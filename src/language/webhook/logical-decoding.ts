import { postgresBoolean } from '../admission/booleans.ts';
import { postgresMajor } from '../admission/images.ts';
import { clusterRule, onKey } from './rule.ts';

const path = ['spec', 'replicationSlots', 'highAvailability', 'synchronizeLogicalDecoding'];

export const logicalDecoding = clusterRule('logical-decoding', ({ spec }) => {
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
  const missing = ['hot_standby_feedback', 'sync_replication_slots'].filter(
    name => !postgresBoolean(parameters[name] ?? ''),
  );
  return missing.map(name =>
    onKey(path, `Logical slots are synchronised only with ${name} on: set it in spec.postgresql.parameters.`),
  );
});
