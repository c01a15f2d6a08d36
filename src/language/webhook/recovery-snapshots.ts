import type { ObjectReference } from '../admission/objects.ts';
import type { Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onKey } from './rule.ts';

const here: Path = ['spec', 'bootstrap', 'recovery'];

export const recoverySnapshots = clusterRule('recovery-snapshots', ({ spec }) => {
  const { volumeSnapshots: snapshots, backup, recoveryTarget } = spec.bootstrap?.recovery ?? {};
  if (!snapshots) return [];
  if (backup)
    return [
      onKey(
        [...here, 'backup'],
        'Recovery starts from volume snapshots or from a Backup, not from both: remove one of them.',
      ),
    ];
  if (recoveryTarget?.backupID)
    return [
      onKey(
        [...here, 'recoveryTarget', 'backupID'],
        'The volume snapshots are the base backup already; backupID picks one from an object store: remove it.',
      ),
    ];
  const { storage, walStorage } = snapshots;
  const at = (field: string): Path => [...here, 'volumeSnapshots', field];
  return [
    ...kindOf(storage, at('storage')),
    ...(walStorage && !spec.walStorage
      ? [
          onKey(
            at('walStorage'),
            'The snapshot of a volume for WAL is restored into such a volume, and this Cluster has none: add spec.walStorage.',
          ),
        ]
      : []),
    ...(walStorage ? kindOf(walStorage, at('walStorage')) : []),
  ];
});

function kindOf({ apiGroup = '', kind }: ObjectReference, path: Path): Finding[] {
  const known =
    (apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot') ||
    (apiGroup === '' && kind === 'PersistentVolumeClaim');
  if (known) return [];
  return [
    onKey(
      path,
      `A volume is recovered from a VolumeSnapshot (apiGroup snapshot.storage.k8s.io) or a PersistentVolumeClaim (no apiGroup), not from "${kind}" of "${apiGroup}".`,
    ),
  ];
}
