import { parseInteger } from '../admission/integers.ts';
import { parseSize, withPostgresUnit } from '../admission/postgres-sizes.ts';
import { fix, setValue } from '../edits.ts';
import { clusterRule, ofValues, onValue, parameter, warn } from './rule.ts';

/** Kilobytes of the blocks that PostgreSQL counts where no unit is given. */
const blockSize = 8n;

export const sharedBuffers = ofValues(
  clusterRule('shared-buffers', ({ document, spec }) => {
    const given = spec.postgresql?.parameters?.['shared_buffers'] ?? '';
    const path = parameter('shared_buffers');
    if (given === '') return [];
    const number = parseInteger(given);
    if (number !== undefined)
      return [
        warn(
          onValue(
            path,
            `shared_buffers has no unit: PostgreSQL reads ${given} as blocks of 8 kB, the operator takes it for MB. Say which is meant; later versions of the operator will refuse it.`,
            number > 0n
              ? [
                  ...fix(
                    `Change to ${number * blockSize}kB, as PostgreSQL reads it`,
                    setValue(document, path, `${number * blockSize}kB`),
                  ),
                  ...fix(`Change to ${number}MB`, setValue(document, path, `${number}MB`)),
                ]
              : [],
          ),
        ),
      ];
    if (parseSize(given) !== undefined) return [];
    const meant = withPostgresUnit(given);
    return [
      onValue(
        path,
        `shared_buffers: "${given}" is no size. Write a number and kB, MB, GB or TB: 256MB.`,
        meant === undefined ? [] : fix(`Change to ${meant}`, setValue(document, path, meant)),
      ),
    ];
  }),
);
