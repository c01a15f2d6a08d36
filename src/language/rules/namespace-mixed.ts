import { addKey, fix, plainText } from '../edits.ts';
import { mayShareContext } from '../sides.ts';
import type { Entry } from '../workspace.ts';
import type { ObjectRule } from './rule.ts';
import { onKey } from './rule.ts';
import { satelliteCluster, satelliteKinds } from './satellite-cluster.ts';

export const namespaceMixed: ObjectRule = {
  code: 'RC805',
  severity: 'warning',
  kinds: ['ObjectStore', ...satelliteKinds],
  check({ document, entry, workspace }) {
    const { name, kind } = entry;
    const clusters =
      kind === 'ObjectStore' ? workspace.using(name) : workspace.named('Cluster', satelliteCluster(document) ?? '');
    const near = clusters.filter(each => mayShareContext(each, entry) && folderOf(each) === folderOf(entry));
    // Where one Cluster fits, the others are not meant.
    if (near.some(({ namespace }) => namespace === entry.namespace)) return [];
    const other = near.find(({ namespace }) => namespace === undefined || entry.namespace === undefined);
    if (!other) return [];
    return [
      onKey(
        ['metadata'],
        entry.namespace === undefined
          ? `Cluster ${other.name} says namespace ${other.namespace}, and this says none: applied elsewhere by default, they do not find each other.`
          : `This is for namespace ${entry.namespace}, and Cluster ${other.name} says none: applied elsewhere by default, they do not find each other.`,
        {
          fixes:
            entry.namespace === undefined && other.namespace !== undefined
              ? fix(
                  `Add namespace: ${other.namespace}`,
                  addKey(document, ['metadata'], 'namespace', plainText(other.namespace)),
                )
              : [],
          related: [{ entry: other, path: ['metadata'], message: `Cluster ${other.name}` }],
        },
      ),
    ];
  },
};

const folderOf = ({ uri }: Entry): string => uri.slice(0, uri.lastIndexOf('/'));
