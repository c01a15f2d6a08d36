/** Writes out the names that are left to defaults: these are what most mistakes begin with. */
import { ownArchive } from '../../model/archive.ts';
import type { MaybeEdit } from '../edits.ts';
import { addKey, plainText } from '../edits.ts';
import { planMethod } from '../rules/backup-method.ts';
import { pluginUses } from '../rules/barman-plugin.ts';
import { addParameter } from '../rules/object-store-unnamed.ts';
import { replica } from '../rules/rule.ts';
import type { Side } from '../sides.ts';
import { clusterCalled, idOf, lists, satellitesOf } from '../sides.ts';
import type { Workspace } from '../workspace.ts';
import type { Refactoring } from './refactoring.ts';
import { changesOf } from './refactoring.ts';

export const explicitNames: Refactoring = {
  id: 'explicit-names',
  kind: 'refactor.rewrite',
  offer({ workspace, side }) {
    const words = [...new Set(missing(workspace, side).map(({ word }) => word))];
    return words.length > 0 ? { title: `Write ${words.join(', ')} out` } : undefined;
  },
  change: ({ workspace, side }) => changesOf(missing(workspace, side)),
};

interface Missing {
  word: 'self' | 'serverName' | 'method';
  uri: string;
  edit: MaybeEdit;
}

function missing(workspace: Workspace, side: Side): Missing[] {
  const { document, cluster, uri } = side;
  const { name } = cluster.metadata;
  const stanza = cluster.spec.replica;
  const isPlugin = ownArchive(cluster)?.by === 'plugin';
  return [
    ...(stanza && !stanza.self && stanza.enabled === undefined && lists(side, name)
      ? [{ word: 'self' as const, uri, edit: addKey(document, replica, 'self', plainText(name)) }]
      : []),
    ...pluginUses(cluster).flatMap(({ path, entry, parameters }): Missing[] => {
      if (parameters['serverName']) return [];
      const partner = entry === undefined || entry === idOf(side) ? side : clusterCalled(workspace, side, entry);
      const folder = partner
        ? (ownArchive(partner.cluster)?.serverName ?? partner.cluster.metadata.name)
        : (entry ?? name);
      return [{ word: 'serverName', uri, edit: addParameter(document, path, 'serverName', folder) }];
    }),
    ...(isPlugin ? satellitesOf(workspace, side) : []).flatMap((satellite): Missing[] =>
      satellite.kind === 'ScheduledBackup'
        ? planMethod(satellite.document).map(edit => ({ word: 'method', uri: satellite.uri, edit }))
        : [],
    ),
  ];
}
