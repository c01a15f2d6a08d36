import { parseSize, withPostgresUnit } from '../admission/postgres-sizes.ts';
import { storageSize } from '../admission/storage.ts';
import { fix, setValue } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onValue, parameter } from './rule.ts';

const defaults = { min_wal_size: '80MB', max_wal_size: '1GB' };

export const walSize = clusterRule('wal-size', ({ document, spec }) => {
  const given = spec.postgresql?.parameters ?? {};
  const names = ['min_wal_size', 'max_wal_size'] as const;
  const text = (name: keyof typeof defaults): string => given[name] || defaults[name];
  const wrong = names.filter(name => parseSize(text(name)) === undefined);
  const [min = 0n, max = 0n] = names.map(name => parseSize(text(name)));
  const volume = storageSize(spec.walStorage);
  return [
    ...wrong.map(name => noSize(document, name, text(name))),
    ...(min !== 0n && max !== 0n && min >= max
      ? [
          onValue(
            parameter(given['min_wal_size'] ? 'min_wal_size' : 'max_wal_size'),
            `min_wal_size (${text('min_wal_size')}) must be less than max_wal_size (${text('max_wal_size')}). Without a value they are 80MB and 1GB.`,
          ),
        ]
      : []),
    ...names.flatMap((name): Finding[] => {
      const size = given[name] ? (parseSize(text(name)) ?? 0n) : 0n;
      if (volume === undefined || size === 0n || size < volume) return [];
      return [
        onValue(
          parameter(name),
          `${name} (${text(name)}) must be less than the size of the volume for WAL (spec.walStorage), or WAL fills it up and PostgreSQL stops.`,
        ),
      ];
    }),
  ];
});

function noSize(document: ManifestDocument, name: string, given: string): Finding {
  const meant = withPostgresUnit(given);
  return onValue(
    parameter(name),
    `${name}: "${given}" is no size. Write a number and kB, MB, GB or TB: 80MB.`,
    meant === undefined ? [] : fix(`Change to ${meant}`, setValue(document, parameter(name), meant)),
  );
}
