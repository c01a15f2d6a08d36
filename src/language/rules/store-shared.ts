import { written } from '../archives.ts';
import { isSameObject, isSide, mayShareContext, mayShareNamespace } from '../sides.ts';
import { archivePathOf } from './archive-shared.ts';
import type { Rule } from './rule.ts';
import { onKey } from './rule.ts';

export const storeShared: Rule = {
  code: 'RC411',
  severity: 'info',
  check({ cluster, entry, workspace }) {
    const own = written(workspace, entry);
    if (!own?.store) return [];
    const other = workspace
      .using(own.store.name)
      .filter(isSide)
      .filter(each => !isSameObject(each, entry) && mayShareContext(each, entry) && mayShareNamespace(each, entry))
      .find(each => {
        const theirs = written(workspace, each);
        return theirs?.store === own.store && theirs?.serverName !== own.serverName;
      });
    if (!other) return [];
    return [
      onKey(
        archivePathOf(cluster),
        `${other.name} writes by the same ObjectStore ${own.store.name}. That works; retention and status are shared then, and a store for each is advised.`,
        { related: [{ entry: other, path: archivePathOf(other.cluster), message: `the archive of ${other.name}` }] },
      ),
    ];
  },
};
