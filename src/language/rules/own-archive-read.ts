import { ownArchive } from '../../model/archive.ts';
import { archiveText, isSameArchive, readBy, written } from '../archives.ts';
import { fix, replaceKey } from '../edits.ts';
import { idOf } from '../sides.ts';
import { pluginLines } from '../plugin-text.ts';
import { archivePathOf } from './archive-shared.ts';
import type { Rule } from './rule.ts';
import { clusterNamed, onKey, sourceOf } from './rule.ts';

export const ownArchiveRead: Rule = {
  code: 'RC306',
  severity: 'error',
  check(subject) {
    const { document, cluster, entry, workspace } = subject;
    const source = sourceOf(cluster);
    const read = source && readBy(workspace, entry, source.entry);
    const own = written(workspace, entry);
    const other = source && clusterNamed(subject, source.entry.name);
    const theirs = other && ownArchive(other.cluster);
    // What names itself as its source has that said (RC107, RC108).
    if (!source || source.entry.name === idOf(entry) || !read || !own || !isSameArchive(read, own, entry, entry))
      return [];
    return [
      onKey(
        [...source.path, read.store ? 'plugin' : 'barmanObjectStore'],
        `This is ${cluster.metadata.name}'s own archive, ${archiveText(own)}: it would feed itself. Name the store and the serverName of "${source.entry.name}".`,
        {
          fixes:
            read.store && theirs?.by === 'plugin'
              ? fix(
                  `Read the archive of ${source.entry.name}`,
                  replaceKey(
                    document,
                    [...source.path, 'plugin'],
                    'plugin',
                    pluginLines(theirs)
                      .map(line => `\n  ${line}`)
                      .join(''),
                  ),
                )
              : [],
          related: [{ entry, path: archivePathOf(cluster), message: 'its own archive' }],
        },
      ),
    ];
  },
};
