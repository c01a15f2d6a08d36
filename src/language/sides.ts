/**
 * Who belongs together, by manifests alone: which Cluster of a workspace is meant by a name, which objects are in the place of a
 * Cluster. Where more than one could be meant, nothing is said.
 */
import { externalCluster, topologyName } from '../model/cluster.ts';
import type { ClusterManifest, StoreManifest } from './sound.ts';
import { storeOf } from './sound.ts';
import type { Entry, Workspace } from './workspace.ts';

/** A Cluster whose role can be read. */
export interface Side extends Entry {
  cluster: ClusterManifest;
}

export const isSide = (entry: Entry): entry is Side => entry.cluster !== undefined;

export const idOf = ({ cluster }: Side): string => topologyName(cluster);

interface Place {
  context: string | undefined;
  namespace: string | undefined;
}

/** Contexts that are not known may be any. */
export const mayShareContext = (a: Place, b: Place): boolean =>
  a.context === undefined || b.context === undefined || a.context === b.context;

/** In different Kubernetes clusters, as far as anybody said. */
export const areApart = (a: Place, b: Place): boolean => !mayShareContext(a, b);

/** A manifest without namespace may be applied anywhere. */
export const mayShareNamespace = (a: Place, b: Place): boolean =>
  a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace;

/** One object written twice, as copies and generations of a manifest are. */
export const isSameObject = (a: Entry, b: Entry): boolean =>
  a === b ||
  (a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '') && mayShareContext(a, b));

/** How much two files have in common: `prod/eu` and `prod/us` more than `prod/eu` and `stage/us`. */
function nearness(a: Entry, b: Entry): number {
  if (a.uri === b.uri) return Number.POSITIVE_INFINITY;
  const folders = foldersOf(a.uri);
  let common = 0;
  for (const folder of foldersOf(b.uri)) if (folders.has(folder)) common++;
  return common + (a.namespace !== undefined && a.namespace === b.namespace ? 0.5 : 0);
}

const knownFolders = new Map<string, ReadonlySet<string>>();

function foldersOf(uri: string): ReadonlySet<string> {
  let folders = knownFolders.get(uri);
  if (!folders) knownFolders.set(uri, (folders = new Set(uri.split(/[\\/]/).slice(0, -1))));
  return folders;
}

function nearest<T extends Entry>(from: Entry, candidates: readonly T[]): T[] {
  if (candidates.length < 2) return [...candidates];
  const ranked = candidates.map(candidate => ({ candidate, near: nearness(from, candidate) }));
  const best = Math.max(...ranked.map(({ near }) => near));
  return ranked.filter(({ near }) => near === best).map(({ candidate }) => candidate);
}

/** `enabled: false` detaches a Cluster for good: what it still lists is its past. */
const isDetached = ({ cluster }: Side): boolean => cluster.spec.replica?.enabled === false;

/** The Cluster that `from` means by a name; `undefined` when it is unknown or more than one could be meant. */
export const clusterCalled = (workspace: Workspace, from: Side, name: string): Side | undefined =>
  workspace.remember(from, `called ${name}`, () => findCalled(workspace, from, name));

function findCalled(workspace: Workspace, from: Side, name: string): Side | undefined {
  const candidates = workspace
    .called(name)
    .filter(isSide)
    .filter(other => idOf(other) !== idOf(from) && !isSameObject(from, other) && !isDetached(other));
  const [only, ...others] = nearest(from, candidates);
  return only && others.length === 0 && !only.rewritten ? only : undefined;
}

/** The other members of the topology that are linked with this one directly: it lists them, or they list it. */
export const partners = (workspace: Workspace, from: Side): Side[] =>
  workspace.remember(from, 'partners', () => findPartners(workspace, from));

function findPartners(workspace: Workspace, from: Side): Side[] {
  if (isDetached(from)) return [];
  const id = idOf(from);
  const listed = (from.cluster.spec.externalClusters ?? []).flatMap(({ name }) =>
    name ? (clusterCalled(workspace, from, name) ?? []) : [],
  );
  // Of several of a name at most one is meant, and it has to mean this one.
  const names = new Set(workspace.listing(id).filter(isSide).map(idOf));
  const listing = [...names]
    .flatMap(name => clusterCalled(workspace, from, name) ?? [])
    .filter(other => lists(other, id) && clusterCalled(workspace, other, id) === from);
  const isTopology = (other: Side): boolean =>
    from.cluster.spec.replica !== undefined || other.cluster.spec.replica !== undefined;
  return [...new Set([...listed, ...listing])].filter(isTopology);
}

/** All members that are known, this one first. */
export const members = (workspace: Workspace, from: Side): Side[] =>
  workspace.remember(from, 'members', () => {
    const found = new Set([from]);
    for (const member of found) for (const partner of partners(workspace, member)) found.add(partner);
    return [...found];
  });

export const lists = (side: Side, name: string): boolean => externalCluster(side.cluster, name) !== undefined;

export type StoreLookup =
  | { state: 'found'; entry: Entry; store: StoreManifest }
  /** There, but what is applied cannot be told from it. */
  | { state: 'unclear' }
  /** In the Cluster's Kubernetes cluster, where the plugin does not look for it. */
  | { state: 'other namespace'; entry: Entry }
  /** In another Kubernetes cluster only. */
  | { state: 'other context'; entry: Entry }
  | { state: 'missing' };

/** The ObjectStore that the plugin finds: in the Cluster's own namespace. */
export const objectStore = (workspace: Workspace, from: Entry, name: string): StoreLookup =>
  workspace.remember(from, `store ${name}`, () => findStore(workspace, from, name));

function findStore(workspace: Workspace, from: Entry, name: string): StoreLookup {
  const all = workspace.named('ObjectStore', name);
  const near = nearest(
    from,
    all.filter(entry => mayShareContext(from, entry)),
  );
  const [entry] = nearest(
    from,
    all.filter(each => mayShareContext(from, each) && mayShareNamespace(from, each)),
  );
  if (entry) {
    const store = storeOf(entry.document);
    return store && !entry.rewritten ? { state: 'found', entry, store } : { state: 'unclear' };
  }
  if (near[0]) return { state: 'other namespace', entry: near[0] };
  const [elsewhere] = nearest(from, all);
  return elsewhere ? { state: 'other context', entry: elsewhere } : { state: 'missing' };
}

/** Objects of the Cluster: those that name it, and none nearer to them that has the same name. */
export const satellitesOf = (workspace: Workspace, side: Side): Entry[] =>
  workspace.satellites(side.name).filter(entry => clustersOfSatellite(workspace, entry, side.name).includes(side));

/** The Cluster that an object names in `spec.cluster.name`. */
export const clusterOfSatellite = (workspace: Workspace, from: Entry, name: string): Entry | undefined =>
  clustersOfSatellite(workspace, from, name)[0];

/** More than one for manifests that are there twice. */
const clustersOfSatellite = (workspace: Workspace, from: Entry, name: string): Entry[] =>
  workspace.remember(from, `cluster ${name}`, () =>
    nearest(
      from,
      workspace.named('Cluster', name).filter(entry => mayShareContext(from, entry) && mayShareNamespace(from, entry)),
    ),
  );
