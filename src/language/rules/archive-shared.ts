import { archiveText, isSameArchive, written } from '../archives.ts';
import { fix, plainText, setValue } from '../edits.ts';
import { isSameObject, isSide } from '../sides.ts';
import { addParameter } from './object-store-unnamed.ts';
import type { Rule } from './rule.ts';
import { onKey } from './rule.ts';
import { pluginUses } from './barman-plugin.ts';
import type { Path } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import type { ClusterManifest } from '../sound.ts';

export const archiveShared: Rule = {
  code: 'RC304',
  severity: 'error',
  check({ document, cluster, entry, workspace }) {
    const own = written(workspace, entry);
    if (!own) return [];
    const others = workspace
      .writingAs(own.serverName)
      .filter(isSide)
      .filter(other => !isSameObject(other, entry) && !other.rewritten);
    const plugin = archiverPath(cluster);
    const serverName = plugin && [...plugin, 'parameters', 'serverName'];
    const { name } = cluster.metadata;
    return others.flatMap(other => {
      const theirs = written(workspace, other);
      if (!theirs || !isSameArchive(own, theirs, entry, other)) return [];
      return [
        onKey(
          archivePathOf(cluster),
          `${name} and ${other.name} write WAL into one folder, ${archiveText(own)}: two histories would mix, and the first archiving of the second one fails.`,
          {
            fixes:
              own.serverName === name || !plugin || !serverName
                ? []
                : fix(
                    `Set serverName: ${name}`,
                    placeOf(document, serverName)
                      ? setValue(document, serverName, plainText(name))
                      : addParameter(document, plugin, 'serverName', name),
                  ),
            related: [{ entry: other, path: archivePathOf(other.cluster), message: `the archive of ${other.name}` }],
          },
        ),
      ];
    });
  },
};

const archiverPath = (cluster: ClusterManifest): Path | undefined =>
  pluginUses(cluster).find(({ entry, isWALArchiver }) => entry === undefined && isWALArchiver)?.path;

/** Where the manifest says what the Cluster writes. */
export function archivePathOf(cluster: ClusterManifest): Path {
  const plugin = archiverPath(cluster);
  return plugin ? [...plugin, 'name'] : ['spec', 'backup', 'barmanObjectStore'];
}
