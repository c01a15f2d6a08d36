import { isSameArchive, readBy, written } from '../archives.ts';
import { addKey, fix, plainText, setValue } from '../edits.ts';
import { nearest } from '../nearest.ts';
import type { Side } from '../sides.ts';
import { clusterCalled, idOf, lists } from '../sides.ts';
import type { Workspace } from '../workspace.ts';
import type { Rule } from './rule.ts';
import { onValue, otherEntries, partnersOf, replica } from './rule.ts';

export const selfMismatch: Rule = {
  code: 'RC312',
  severity: 'warning',
  check(subject) {
    const { document, cluster, entry, workspace } = subject;
    const id = idOf(entry);
    const hasSelf = !!cluster.spec.replica?.self;
    return partnersOf(subject).flatMap(other => {
      if (lists(other, id)) return [];
      const known = otherEntries(other.cluster).find(({ entry: { name } }) => meansThis(workspace, other, name, entry));
      const name = known?.entry.name;
      if (!known || name === undefined) return [];
      const fixed = hasSelf
        ? setValue(document, [...replica, 'self'], plainText(name))
        : cluster.spec.replica && addKey(document, replica, 'self', plainText(name));
      return [
        onValue(
          hasSelf ? [...replica, 'self'] : ['metadata', 'name'],
          `${idOf(other)} knows this Cluster as "${name}", and it calls itself "${id}".`,
          {
            fixes: fix(`Set self: ${name}`, fixed),
            related: [{ entry: other, path: [...known.path, 'name'], message: `the entry of ${idOf(other)}` }],
          },
        ),
      ];
    });
  },
};

/** By a similar name, a host that is this Cluster's service, or its archive. */
function meansThis(workspace: Workspace, other: Side, name: string, side: Side): boolean {
  if (workspace.called(name).length > 0 || clusterCalled(workspace, other, name)) return false;
  const entry = other.cluster.spec.externalClusters?.find(each => each.name === name);
  const host = entry?.connectionParameters?.['host'] ?? '';
  if (nearest(idOf(side), [name]) !== undefined || host.split('.')[0] === `${side.name}-rw`) return true;
  const read = entry && readBy(workspace, other, entry);
  const own = written(workspace, side);
  return !!read && !!own && isSameArchive(read, own, other, side);
}
