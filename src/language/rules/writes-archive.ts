import { ownArchive } from '../../model/archive.ts';
import type { ClusterManifest } from '../sound.ts';

/** Or is meant to: a plugin that lacks its flag is another rule's. */
export const writesArchive = (cluster: ClusterManifest): boolean =>
  ownArchive(cluster) !== undefined || (cluster.spec.plugins ?? []).some(({ enabled }) => enabled !== false);
