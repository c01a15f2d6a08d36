import { fix, plainText, setValue } from '../edits.ts';
import { idOf, members } from '../sides.ts';
import type { Finding, Rule } from './rule.ts';
import { isDistributed, isReplicaCluster, onValue, replica } from './rule.ts';

export const primariesDisagree: Rule = {
  code: 'RC303',
  severity: 'error',
  check({ document, cluster, entry, workspace }) {
    const own = cluster.spec.replica?.primary;
    if (!own) return [];
    const all = members(workspace, entry).filter(member => isDistributed(member.cluster));
    // All replicas: that is RC302.
    if (all.every(member => isReplicaCluster(member.cluster))) return [];
    const path = [...replica, 'primary'];
    const other = all.find(member => member.cluster.spec.replica?.primary !== own);
    const theirs = other?.cluster.spec.replica?.primary;
    if (!other || !theirs) return [];
    return [
      onValue(
        path,
        `${idOf(entry)} says that ${own} is primary, ${idOf(other)} says ${theirs}: all members name the same one.`,
        {
          fixes: fix(`Change to ${theirs}`, setValue(document, path, plainText(theirs))),
          related: [{ entry: other, path, message: `primary of ${idOf(other)}` }],
        },
      ),
    ] satisfies Finding[];
  },
};
