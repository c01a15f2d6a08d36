import { fix, removeBranch } from '../edits.ts';
import { clusterRule, onKey } from './rule.ts';

export const ephemeralVolumes = clusterRule('ephemeral-volumes', ({ document, spec }) =>
  spec.ephemeralVolumeSource && spec.ephemeralVolumesSizeLimit?.temporaryData !== undefined
    ? [
        onKey(
          ['spec', 'ephemeralVolumeSource'],
          'The volume for temporary data is described twice: a claim has its own size, so remove ephemeralVolumesSizeLimit.temporaryData.',
          fix('Remove temporaryData', removeBranch(document, ['spec', 'ephemeralVolumesSizeLimit', 'temporaryData'])),
        ),
      ]
    : [],
);
