import { postgresBoolean } from '../admission/booleans.ts';
import { fix, setValue } from '../edits.ts';
import { clusterRule, onKey, onValue, parameter, switchOn } from './rule.ts';

const enabled = ['spec', 'replicationSlots', 'highAvailability', 'enabled'];

export const failoverSlots = clusterRule('failover-slots', ({ document, spec }) => {
  const parameters = spec.postgresql?.parameters ?? {};
  const used = Object.keys(parameters).find(name => name.startsWith('pg_failover_slots.'));
  if (used === undefined) return [];
  const feedback = parameters['hot_standby_feedback'];
  return [
    ...(postgresBoolean(feedback ?? '')
      ? []
      : [
          (feedback === undefined ? onKey : onValue)(
            parameter(feedback === undefined ? used : 'hot_standby_feedback'),
            'pg_failover_slots needs hot_standby_feedback: "on", or the primary removes rows that a copied slot still needs.',
            fix('Set hot_standby_feedback: "on"', switchOn(document, 'hot_standby_feedback')),
          ),
        ]),
    ...(spec.replicationSlots?.highAvailability?.enabled === false
      ? [
          onValue(
            enabled,
            'pg_failover_slots copies slots along the replication slots for high availability: enable them.',
            fix('Change to true', setValue(document, enabled, 'true')),
          ),
        ]
      : []),
  ];
});
