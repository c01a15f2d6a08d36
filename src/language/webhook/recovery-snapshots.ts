import type { ObjectReference } from '../admission/objects.ts';
import { fix, removeKey, setValue } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onKey, onValue } from './rule.ts';

const here: Path = ['spec', 'bootstrap', 'recovery'];
const backupID: Path = [...here, 'recoveryTarget', 'backupID'];

export const recoverySnapshots = clusterRule('recovery-snapshots', ({ document, spec }) => {
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
        backupID,
        'The volume snapshots are the base backup already; backupID picks one from an object store: remove it.',
        fix('Remove backupID', removeKey(document, backupID)),
      ),
    ];
  const { storage, walStorage } = snapshots;
  const at = (field: string): Path => [...here, 'volumeSnapshots', field];
  return [
    ...kindOf(document, storage, at('storage')),
    ...(walStorage && !spec.walStorage
      ? [
          onKey(
            at('walStorage'),
            'The snapshot of a volume for WAL is restored into such a volume, and this Cluster has none: add spec.walStorage.',
          ),
        ]
      : []),
    ...(walStorage ? kindOf(document, walStorage, at('walStorage')) : []),
  ];
});

/** What volumes are made from, and the API group of each. */
const groups: Record<string, string> = { VolumeSnapshot: 'snapshot.storage.k8s.io', PersistentVolumeClaim: '' };

function kindOf(document: ManifestDocument, { apiGroup = '', kind }: ObjectReference, path: Path): Finding[] {
  const group = Object.hasOwn(groups, kind) ? groups[kind] : undefined;
  if (group === undefined)
    return [
      onValue(
        [...path, 'kind'],
        `A volume is made from a VolumeSnapshot (apiGroup snapshot.storage.k8s.io) or a PersistentVolumeClaim (apiGroup ""), not from a ${kind === '' ? 'thing without a kind' : kind}.`,
      ),
    ];
  if (apiGroup === group) return [];
  const text = JSON.stringify(group);
  const groupAt = [...path, 'apiGroup'];
  return [
    onValue(
      groupAt,
      `The apiGroup of a ${kind} is ${text}, without a version; here it is "${apiGroup}".`,
      fix(`Change to ${text}`, setValue(document, groupAt, group || '""')),
    ),
  ];
}
