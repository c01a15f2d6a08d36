import { archiveMode, isReplica } from '../admission/cluster-defaults.ts';
import { addKey, fix, setValue } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import { nearest } from '../nearest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onValue, parameter } from './rule.ts';

const levels = ['logical', 'replica', 'minimal'];
const path = parameter('wal_level');

export const walLevel = clusterRule('wal-level', ({ document, metadata, spec }) => {
  const parameters = spec.postgresql?.parameters ?? {};
  const level = parameters['wal_level'] ?? '';
  if (!levels.includes(level)) return [unknownLevel(document, level)];
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
      : [
          onValue(
            path,
            `With minimal, WAL has not enough in it to recover or follow from, but ${reason}: use replica or logical.`,
          ),
        ]),
    ...(parameters['max_wal_senders'] === '0' ? [] : [sendersLeft(document)]),
  ];
});

function unknownLevel(document: ManifestDocument, level: string): Finding {
  const guess = nearest(level.trim(), levels);
  return onValue(
    path,
    `wal_level cannot be "${level}". Allowed: ${levels.join(', ')}, in lower case.`,
    guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, guess)),
  );
}

function sendersLeft(document: ManifestDocument): Finding {
  const senders = parameter('max_wal_senders');
  const isGiven = placeOf(document, senders) !== undefined;
  return onValue(
    isGiven ? senders : path,
    'With wal_level minimal PostgreSQL starts only if max_wal_senders is "0": set it as well.',
    fix(
      'Set max_wal_senders to "0"',
      isGiven ? setValue(document, senders, '"0"') : addKey(document, senders.slice(0, -1), 'max_wal_senders', '"0"'),
    ),
  );
}
