import { clusterRule, ofValues, onValue } from './rule.ts';

export const walSegmentSize = ofValues(
  clusterRule('wal-segment-size', ({ spec }) => {
    const size = spec.bootstrap?.initdb?.walSegmentSize ?? 0;
    if ((size & (size - 1)) === 0) return [];
    return [
      onValue(
        ['spec', 'bootstrap', 'initdb', 'walSegmentSize'],
        `The size of a WAL segment must be a power of two, in MB: 1, 2, 4 … 1024, usually 16; it is ${size}.`,
      ),
    ];
  }),
);
