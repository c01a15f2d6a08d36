import { clusterRule, ofValues, onValue } from './rule.ts';

export const walSegmentSize = ofValues(
  clusterRule('wal-segment-size', ({ spec }) => {
    const size = spec.bootstrap?.initdb?.walSegmentSize ?? 0;
    if (size === 0 || Number.isInteger(Math.log2(size))) return [];
    return [
      onValue(
        ['spec', 'bootstrap', 'initdb', 'walSegmentSize'],
        `The size of a WAL segment must be a power of two (MB): 16, 32, 64; it is ${size}.`,
      ),
    ];
  }),
);
