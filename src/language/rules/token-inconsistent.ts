import { decodeToken } from '../../model/token.ts';
import { defaultSegmentSize, formatSegment, parseLsn, parseSegment, segmentAt } from '../../model/wal.ts';
import type { ClusterManifest } from '../sound.ts';
import type { Rule } from './rule.ts';
import { onValue, replica } from './rule.ts';

export const tokenInconsistent: Rule = {
  code: 'RC703',
  severity: 'error',
  check({ cluster }) {
    const fault = faultOf(cluster);
    return fault === undefined
      ? []
      : [
          onValue(
            [...replica, 'promotionToken'],
            `${fault}: the token was changed or mixed up. Copy it again from the demoted Cluster.`,
          ),
        ];
  },
};

function faultOf({ spec }: ClusterManifest): string | undefined {
  const token = decodeToken(spec.replica?.promotionToken ?? '');
  // What cannot be read at all the webhook refuses.
  if (typeof token === 'string') return undefined;
  const { latestCheckpointTimelineID: timeline, redoWalFile: file, latestCheckpointREDOLocation: location } = token;
  if (!/^\d+$/.test(timeline)) return `Its timeline "${timeline}" is no number`;
  const lsn = parseLsn(location);
  if (lsn === undefined) return `Its position "${location}" is no LSN`;
  const megabytes = spec.bootstrap?.['initdb']?.walSegmentSize;
  const size = megabytes === undefined ? defaultSegmentSize : megabytes * 1024 * 1024;
  const segment = parseSegment(file, size);
  if (!segment) return `Its WAL file "${file}" is no name of a segment`;
  if (segment.timeline !== Number(timeline))
    return `It is of timeline ${timeline}, and its WAL file ${file} of timeline ${segment.timeline}`;
  if (segment.number === segmentAt(lsn, segment.timeline, size).number) return undefined;
  const right = formatSegment(segmentAt(lsn, segment.timeline, size), size);
  return `Its position ${location} is in WAL file ${right} (segments of ${size / 1024 / 1024} MB), and it says ${file}`;
}
