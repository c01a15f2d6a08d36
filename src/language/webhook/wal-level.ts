import { archiveMode, isReplica } from '../admission/cluster-defaults.ts';
import { postgresMajor } from '../admission/images.ts';
import { clusterRule, onValue, parameter } from './rule.ts';

export const walLevel = clusterRule('wal-level', ({ metadata, spec }) => {
  if (postgresMajor(spec) === undefined) return [];
  const parameters = spec.postgresql?.parameters ?? {};
  const level = parameters['wal_level'] ?? '';
  const path = parameter('wal_level');
  if (!['logical', 'replica', 'minimal'].includes(level))
    return [onValue(path, `wal_level cannot be "${level}". Allowed: logical, replica, minimal.`)];
  if (level !== 'minimal') return [];
  const reason = isReplica(metadata, spec)
    ? 'this is a replica cluster'
    : (spec.instances ?? 0) > 1
      ? 'there are standbys'
      : archiveMode({ metadata, spec }) !== 'off'
        ? 'WAL is archived'
        : undefined;
  return [
    ...(reason === undefined
      ? []
      : [onValue(path, `With wal_level minimal no WAL can be shipped, but ${reason}: use replica or logical.`)]),
    ...(parameters['max_wal_senders'] === '0'
      ? []
      : [onValue(path, 'With wal_level minimal PostgreSQL starts only if max_wal_senders is "0": set it as well.')]),
  ];
});
