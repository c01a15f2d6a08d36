import { archiveText, isSameArchive, readBy, written } from '../archives.ts';
import { archivePathOf } from './archive-shared.ts';
import type { Rule } from './rule.ts';
import { onKey, sourceOf } from './rule.ts';

export const ownArchiveRead: Rule = {
  code: 'RC306',
  severity: 'error',
  check({ cluster, entry, workspace }) {
    const source = sourceOf(cluster);
    const read = source && readBy(workspace, entry, source.entry);
    const own = written(workspace, entry);
    if (!source || !read || !own || !isSameArchive(read, own, entry, entry)) return [];
    return [
      onKey(
        [...source.path, read.store ? 'plugin' : 'barmanObjectStore'],
        `This is ${cluster.metadata.name}'s own archive, ${archiveText(own)}: it would feed itself. Name the store and the serverName of "${source.entry.name}".`,
        { related: [{ entry, path: archivePathOf(cluster), message: 'its own archive' }] },
      ),
    ];
  },
};
