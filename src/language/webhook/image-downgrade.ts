import { postgresMajor } from '../admission/images.ts';
import { isRecord } from '../manifest.ts';
import { onValue, updateRule } from './rule.ts';

/** The oldest version that pg_upgrade is run for. */
const oldestTarget = 16;

export const imageDowngrade = updateRule('image-downgrade', ({ spec }, { status }) => {
  const info = status?.['pgDataImageInfo'];
  const running = isRecord(info) ? Number(info['majorVersion']) : Number.NaN;
  const wanted = postgresMajor(spec);
  if (wanted === undefined || Number.isNaN(running)) return [];
  const path = spec.imageCatalogRef ? ['spec', 'imageCatalogRef', 'major'] : ['spec', 'imageName'];
  if (running > wanted)
    return [
      onValue(
        path,
        `The data belong to PostgreSQL ${running}; version ${wanted} cannot read them. There is no way back from an upgrade but a backup.`,
      ),
    ];
  if (running < wanted && wanted < oldestTarget)
    return [
      onValue(
        path,
        `The data belong to PostgreSQL ${running}; the operator upgrades to ${oldestTarget} or newer, not to ${wanted}.`,
      ),
    ];
  return [];
});
