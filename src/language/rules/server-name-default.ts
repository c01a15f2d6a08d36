import { ownArchive } from '../../model/archive.ts';
import { fix } from '../edits.ts';
import { clusterNamed, onKey } from './rule.ts';
import type { Rule } from './rule.ts';
import { pluginUses } from './barman-plugin.ts';
import { addParameter } from './object-store-unnamed.ts';

export const serverNameDefault: Rule = {
  code: 'RC208',
  severity: 'warning',
  check(subject) {
    const { document, cluster } = subject;
    const { name } = cluster.metadata;
    const bootstrap = cluster.spec.bootstrap?.['recovery']?.source;
    return pluginUses(cluster).flatMap(({ path, entry, parameters }) => {
      if (entry === undefined || entry === name || parameters['serverName']) return [];
      const partner = clusterNamed(subject, entry)?.cluster;
      const folder = (partner && (ownArchive(partner)?.serverName ?? partner.metadata.name)) ?? entry;
      return [
        onKey(
          [...path, 'parameters'],
          `Without serverName the plugin reads the folder "${name}", this Cluster's own name, and not that of "${entry}".`,
          {
            ...([cluster.spec.replica?.source, bootstrap].includes(entry) && { severity: 'error' }),
            fixes: fix(`Add serverName: ${folder}`, addParameter(document, path, 'serverName', folder)),
          },
        ),
      ];
    });
  },
};
