/**
 * All documents of CloudNativePG in a workspace, found by what others call them. It is changed a file at a time, and knows which of
 * its answers a change touches: what was found with its help holds until then.
 */
import { ownArchive } from '../model/archive.ts';
import { topologyName } from '../model/cluster.ts';
import type { ManifestDocument, ManifestFile } from './manifest.ts';
import { isOurs, isRecord } from './manifest.ts';
import type { Neighbour } from './neighbours.ts';
import type { ClusterManifest } from './sound.ts';
import { clusterOf } from './sound.ts';

/** A document with where it will be applied, as far as that is known. */
export interface Entry {
  uri: string;
  document: ManifestDocument;
  kind: string;
  name: string;
  /** Kubernetes context. */
  context: string | undefined;
  namespace: string | undefined;
  /** Of a Cluster whose role can be read. */
  cluster: ClusterManifest | undefined;
  /** Kustomize applies something else than is written here. */
  rewritten: boolean;
}

export interface WorkspaceFile {
  uri: string;
  /** Absent: it has nothing of ours. */
  file?: ManifestFile;
  context?: string | undefined;
  /** Contexts of members by their names, where somebody said so: they count more. */
  members?: Readonly<Record<string, string>> | undefined;
  /** Kustomize puts its objects there. */
  namespace?: string | undefined;
  rewritten?: boolean;
  neighbours?: readonly Neighbour[];
}

/** What was asked, with the state in which it was. */
export type Asked = ReadonlyMap<string, number>;

export interface Workspace {
  set(file: WorkspaceFile): void;
  delete(uri: string): void;
  entryOf(document: ManifestDocument): Entry | undefined;
  /** Objects of that kind and name, wherever they are. */
  named(kind: string, name: string): readonly Entry[];
  ofKind(kind: string): readonly Entry[];
  /** Clusters that go by that name in their topology. */
  called(name: string): readonly Entry[];
  /** Clusters with that name in `externalClusters`. */
  listing(name: string): readonly Entry[];
  /** Clusters that archive into a folder of that name, wherever it is. */
  writingAs(serverName: string): readonly Entry[];
  /** Clusters that name that ObjectStore for whatever they do. */
  using(objectStore: string): readonly Entry[];
  /** Objects whose `spec.cluster.name` is that name. */
  satellites(cluster: string): readonly Entry[];
  neighbours(kind: Neighbour['kind']): readonly PlacedNeighbour[];
  /** @returns what the work found, with what it asked for */
  follow<T>(work: () => T): { result: T; asked: Asked };
  /** Would the answers be the same now? */
  holds(asked: Asked): boolean;
  /** Works something out about a document once, until something changes that was asked for. */
  remember<T>(entry: Entry, what: string, work: () => T): T;
  /** Of files with something of ours. */
  uris(): Iterable<string>;
  entriesIn(uri: string): readonly Entry[];
}

export interface PlacedNeighbour extends Neighbour {
  uri: string;
  context: string | undefined;
}

interface Stored {
  entries: readonly Entry[];
  neighbours: readonly PlacedNeighbour[];
}

export function createWorkspace(): Workspace {
  const files = new Map<string, Stored>();
  const byKey = new Map<string, Set<Entry>>();
  const neighbours = { Secret: new Set<PlacedNeighbour>(), Service: new Set<PlacedNeighbour>() };
  const byDocument = new Map<ManifestDocument, Entry>();
  /** Changes of what stands behind a key. */
  const versions = new Map<string, number>();
  let asked: Map<string, number> | undefined;

  const versionOf = (key: string): number => versions.get(key) ?? 0;
  const touch = (key: string): void => void versions.set(key, versionOf(key) + 1);
  const ask = (key: string): void => void asked?.set(key, versionOf(key));
  function find(key: string): readonly Entry[] {
    ask(key);
    return [...(byKey.get(key) ?? [])];
  }

  function add(entry: Entry): void {
    byDocument.set(entry.document, entry);
    for (const key of keysOf(entry)) {
      const found = byKey.get(key);
      if (found) found.add(entry);
      else byKey.set(key, new Set([entry]));
      touch(key);
    }
  }

  function remove(entry: Entry): void {
    byDocument.delete(entry.document);
    for (const key of keysOf(entry)) {
      const found = byKey.get(key);
      found?.delete(entry);
      if (found?.size === 0) byKey.delete(key);
      touch(key);
    }
  }

  function setNeighbours(before: readonly PlacedNeighbour[], after: readonly PlacedNeighbour[]): void {
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    for (const each of before) neighbours[each.kind].delete(each);
    for (const each of after) neighbours[each.kind].add(each);
    for (const kind of new Set([...before, ...after].map(({ kind }) => kind))) touch(`neighbours ${kind}`);
  }

  function set(given: WorkspaceFile): void {
    const { uri, file, context, members = {}, namespace, rewritten = false, neighbours: named = [] } = given;
    const before = files.get(uri);
    const documents = (file?.documents ?? []).filter(isIndexed);
    // While a text is broken, the others see it as it was.
    if (before && documents.some(({ errors }) => errors.length > 0)) return;
    const placed = named.map(each => ({ ...each, uri, context, ...(namespace !== undefined && { namespace }) }));
    setNeighbours(before?.neighbours ?? [], placed);
    const entries = documents.flatMap((document): Entry[] => {
      const { kind, name, errors } = document;
      if (name === undefined || errors.length > 0) return [];
      const old = byDocument.get(document);
      const cluster = clusterOf(document);
      const member = cluster && topologyName(cluster);
      const bound = member !== undefined && Object.hasOwn(members, member) ? members[member] : undefined;
      const place = { context: bound ?? context, namespace: namespace ?? document.namespace, rewritten };
      if (old?.uri === uri && isAt(old, place)) return [old];
      return [{ uri, document, kind, name, ...place, cluster }];
    });
    const kept = new Set(entries);
    for (const entry of before?.entries ?? []) if (!kept.has(entry)) remove(entry);
    const known = new Set(before?.entries);
    for (const entry of entries) if (!known.has(entry)) add(entry);
    if (entries.length > 0 || placed.length > 0) files.set(uri, { entries, neighbours: placed });
    else files.delete(uri);
  }

  function follow<T>(work: () => T): { result: T; asked: Asked } {
    const outer = asked;
    const own = new Map<string, number>();
    asked = own;
    try {
      return { result: work(), asked: own };
    } finally {
      asked = outer;
    }
  }

  const holds = (before: Asked): boolean => {
    for (const [key, version] of before) if (versionOf(key) !== version) return false;
    return true;
  };

  const remembered = new WeakMap<Entry, Map<string, { result: unknown; asked: Asked }>>();

  function remember<T>(entry: Entry, what: string, work: () => T): T {
    let known = remembered.get(entry);
    if (!known) remembered.set(entry, (known = new Map()));
    let found = known.get(what);
    if (!found || !holds(found.asked)) known.set(what, (found = follow(work)));
    // Who asks for it has asked for all of it.
    for (const [key, version] of found.asked) asked?.set(key, version);
    return found.result as T;
  }

  return {
    set,
    delete: uri => set({ uri }),
    entryOf: document => byDocument.get(document),
    named: (kind, name) => find(`named ${kind} ${name}`),
    ofKind: kind => find(`kind ${kind}`),
    called: name => find(`called ${name}`),
    listing: name => find(`listing ${name}`),
    writingAs: serverName => find(`writing as ${serverName}`),
    using: objectStore => find(`using ${objectStore}`),
    satellites: cluster => find(`of ${cluster}`),
    neighbours(kind) {
      ask(`neighbours ${kind}`);
      return [...neighbours[kind]];
    },
    follow,
    holds,
    remember,
    uris: () => files.keys(),
    entriesIn: uri => files.get(uri)?.entries ?? [],
  };
}

/** Templates become manifests only when they are rendered. */
const isIndexed = (document: ManifestDocument): boolean => isOurs(document) && !document.template;

const isAt = (entry: Entry, place: Pick<Entry, 'context' | 'namespace' | 'rewritten'>): boolean =>
  entry.context === place.context && entry.namespace === place.namespace && entry.rewritten === place.rewritten;

function keysOf({ kind, name, cluster, document }: Entry): string[] {
  const { spec } = document.value;
  const reference = isRecord(spec) && isRecord(spec['cluster']) ? spec['cluster']['name'] : undefined;
  return [
    `named ${kind} ${name}`,
    `kind ${kind}`,
    ...(cluster ? keysOfCluster(cluster) : []),
    ...(typeof reference === 'string' ? [`of ${reference}`] : []),
  ];
}

function keysOfCluster(cluster: ClusterManifest): string[] {
  const { externalClusters = [], plugins = [] } = cluster.spec;
  const stores = [...plugins, ...externalClusters.map(({ plugin }) => plugin)].map(
    plugin => plugin?.parameters?.['barmanObjectName'],
  );
  const archive = ownArchive(cluster);
  return [
    `called ${topologyName(cluster)}`,
    ...externalClusters.map(({ name }) => `listing ${name}`),
    ...(archive ? [`writing as ${archive.serverName}`] : []),
    ...new Set(stores.filter(Boolean).map(name => `using ${name}`)),
  ];
}
