import { appendItem, fix, itemLines } from '../edits.ts';
import { idOf, lists, members } from '../sides.ts';
import type { Rule } from './rule.ts';
import { entriesOf, externalClusters, onKey } from './rule.ts';

export const listsDiffer: Rule = {
  code: 'RC307',
  severity: 'warning',
  check({ document, cluster, entry, workspace }) {
    if (!cluster.spec.externalClusters || !cluster.spec.replica) return [];
    const all = members(workspace, entry);
    const known = [...new Set(all.map(idOf))];
    return known.flatMap(name => {
      if (lists(entry, name)) return [];
      const other = all.find(member => member !== entry && lists(member, name));
      if (!other) return [];
      const theirs = entriesOf(other.cluster).find(each => each.entry.name === name);
      const lines = theirs && itemLines(other.document, theirs.path);
      return [
        onKey(
          externalClusters,
          `${idOf(other)} lists "${name}" and ${idOf(entry)} does not: the lists of all members should be the same, so that any of them can change roles.`,
          {
            fixes: lines
              ? fix(`Copy the entry "${name}" of ${idOf(other)}`, appendItem(document, externalClusters, lines))
              : [],
            related: theirs && [
              { entry: other, path: [...theirs.path, 'name'], message: `the entry of ${idOf(other)}` },
            ],
          },
        ),
      ];
    });
  },
};
