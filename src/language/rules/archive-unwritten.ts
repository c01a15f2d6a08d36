import { archiveText, isOtherArchive, readBy, written } from '../archives.ts';
import { fix, plainText, setValue } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import { archivePathOf } from './archive-shared.ts';
import type { Rule } from './rule.ts';
import { clusterNamed, onKey, sourceOf } from './rule.ts';
import { addParameter } from './object-store-unnamed.ts';

export const archiveUnwritten: Rule = {
  code: 'RC305',
  severity: 'warning',
  check(subject) {
    const { document, cluster, entry, workspace } = subject;
    const source = sourceOf(cluster);
    const other = source && clusterNamed(subject, source.entry.name);
    const read = source && readBy(workspace, entry, source.entry);
    const theirs = other && written(workspace, other);
    if (!source || !other || !read || !theirs || !isOtherArchive(read, theirs)) return [];
    const plugin = [...source.path, 'plugin'];
    const serverName = [...plugin, 'parameters', 'serverName'];
    const onlyName = read.store && read.path === theirs.path && read.endpoint === theirs.endpoint;
    return [
      onKey(
        [...source.path, read.store ? 'plugin' : 'barmanObjectStore'],
        `This reads ${archiveText(read)}, and ${other.name} writes ${archiveText(theirs)}.`,
        {
          ...(!source.entry.connectionParameters && { severity: 'error' }),
          fixes: onlyName
            ? fix(
                `Change serverName to ${theirs.serverName}`,
                placeOf(document, serverName)
                  ? setValue(document, serverName, plainText(theirs.serverName))
                  : addParameter(document, plugin, 'serverName', theirs.serverName),
              )
            : [],
          related: [
            { entry: other, path: archivePathOf(other.cluster), message: `the archive that ${other.name} writes` },
            ...(theirs.store && theirs.store !== read.store
              ? [{ entry: theirs.store, path: ['spec', 'configuration', 'destinationPath'], message: 'where it is' }]
              : []),
          ],
        },
      ),
    ];
  },
};
