import { idOf } from '../sides.ts';
import type { ClusterManifest } from '../sound.ts';
import type { Rule } from './rule.ts';
import { onKey, primaryOf } from './rule.ts';

/** PostgreSQL's, in megabytes. */
const usual = 16;
const path = ['spec', 'bootstrap', 'initdb', 'walSegmentSize'];

export const segmentSize: Rule = {
  code: 'RC603',
  severity: 'warning',
  check(subject) {
    const { cluster } = subject;
    const primary = primaryOf(subject);
    const [own, theirs] = [sizeOf(cluster), primary && sizeOf(primary.cluster)];
    if (!primary || own === undefined || theirs === undefined || own === theirs) return [];
    return [
      onKey(
        path,
        `WAL segments have ${own} MB here and ${theirs} MB in ${idOf(primary)}. A copy inherits the size of its source: these would be two systems.`,
        {
          related: [{ entry: primary, path, message: `segment size of ${idOf(primary)}` }],
        },
      ),
    ];
  },
};

/** `undefined`: it is inherited. */
const sizeOf = ({ spec }: ClusterManifest): number | undefined =>
  spec.bootstrap?.['initdb'] && (spec.bootstrap['initdb'].walSegmentSize ?? usual);
