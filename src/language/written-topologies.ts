/** The topologies of a workspace with the objects that make them, for who draws them: `topology-report.ts` has them in words. */
import { entryArchive, ownArchive } from '../model/archive.ts';
import type { ObjectStore } from '../model/cluster.ts';
import { isStandalone } from '../model/cluster.ts';
import type { WrittenMember, WrittenTopology } from '../model/written-topology.ts';
import { keyRange } from './manifest.ts';
import type { Side } from './sides.ts';
import { idOf, isSameObject, isSide, members, objectStore } from './sides.ts';
import type { Workspace } from './workspace.ts';

/** A Cluster without a partner is a topology of its own here. */
export function writtenTopologies(workspace: Workspace): WrittenTopology[] {
  const seen = new Set<Side>();
  return (
    workspace
      .ofKind('Cluster')
      .filter(isSide)
      // Not in the order in which they were read: what somebody is asked about stays the same.
      .toSorted((a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : a.document.startLine - b.document.startLine))
      .flatMap(side => {
        if (seen.has(side)) return [];
        const all = members(workspace, side);
        for (const member of all) seen.add(member);
        const sides = all
          .filter((each, at) => !all.slice(0, at).some(other => isSameObject(each, other)))
          .toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
        return [{ members: sides.map(each => memberOf(workspace, each)), missing: missingNames(sides) }];
      })
  );
}

function memberOf(workspace: Workspace, side: Side): WrittenMember {
  const { cluster, document, uri, context, namespace } = side;
  const stores = storesOf(workspace, side);
  return {
    name: idOf(side),
    cluster,
    objectStores: stores.map(({ object }) => object),
    objectStoreUris: [...new Set(stores.map(({ uri: file }) => file))],
    uri,
    line: keyRange(document, ['metadata', 'name']).start.line,
    ...(context !== undefined && { context }),
    ...(namespace !== undefined && { namespace }),
  };
}

function storesOf(workspace: Workspace, side: Side): { object: ObjectStore; uri: string }[] {
  const { cluster, namespace } = side;
  const references = [
    ownArchive(cluster),
    ...(cluster.spec.externalClusters ?? []).map(entry => entryArchive(cluster, entry)),
  ];
  const names = new Set(references.flatMap(each => (each?.by === 'plugin' ? [each.objectStore] : [])));
  return [...names].flatMap(name => {
    const found = objectStore(workspace, side, name);
    if (found.state !== 'found') return [];
    const metadata = { name, namespace: namespace ?? 'default' };
    return [{ object: { metadata, spec: { configuration: found.store.configuration } }, uri: found.entry.uri }];
  });
}

/** What a standalone replica follows need not be a Cluster at all. */
function missingNames(sides: readonly Side[]): string[] {
  const known = new Set(sides.map(idOf));
  const named = sides
    .filter(({ cluster }) => !isStandalone(cluster))
    .flatMap(({ cluster: { spec } }) => [spec.replica?.source, spec.replica?.primary]);
  return [...new Set(named)].filter((name): name is string => !!name && !known.has(name)).sort();
}
