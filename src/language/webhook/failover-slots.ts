import { postgresBoolean } from '../admission/booleans.ts';
import { clusterRule, onKey, parameter } from './rule.ts';

export const failoverSlots = clusterRule('failover-slots', ({ spec }) => {
  const parameters = spec.postgresql?.parameters ?? {};
  const used = Object.keys(parameters).find(name => name.startsWith('pg_failover_slots.'));
  if (used === undefined) return [];
  return [
    ...(postgresBoolean(parameters['hot_standby_feedback'] ?? '')
      ? []
      : [onKey(parameter(used), 'pg_failover_slots needs hot_standby_feedback: "on" beside it.')]),
    ...(spec.replicationSlots?.highAvailability?.enabled === false
      ? [
          onKey(
            ['spec', 'replicationSlots', 'highAvailability', 'enabled'],
            'pg_failover_slots needs the replication slots for high availability: enable them.',
          ),
        ]
      : []),
  ];
});
