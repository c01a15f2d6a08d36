import { postgresMajor } from '../admission/images.ts';
import { parseSize } from '../admission/postgres-sizes.ts';
import { clusterRule, ofValues, onValue, parameter, warn } from './rule.ts';
import { fix, setValue } from '../edits.ts';

export const sharedBuffers = ofValues(
  clusterRule('shared-buffers', ({ document, spec }) => {
    const given = spec.postgresql?.parameters?.['shared_buffers'] ?? '';
    const path = parameter('shared_buffers');
    if (given === '') return [];
    if (/^[-+]?\d{1,18}$/.test(given))
      return [
        warn(
          onValue(
            path,
            `shared_buffers has no unit: the operator takes ${given} as MB, PostgreSQL as blocks of 8 kB. Later versions will refuse it.`,
            fix(`Change to ${given}MB`, setValue(document, path, `${given}MB`)),
          ),
        ),
      ];
    if (postgresMajor(spec) === undefined || parseSize(given) !== undefined) return [];
    return [onValue(path, `shared_buffers: "${given}" is no size. Write a number and kB, MB, GB or TB: 256MB.`)];
  }),
);
