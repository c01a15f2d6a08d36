/** What manifests say of a topology, as something to draw: alone, beside what is observed, and where the two differ. */
import { entryArchive, ownArchive } from '../../model/archive.ts';
import type { Cluster } from '../../model/cluster.ts';
import { externalCluster, isReplicaCluster } from '../../model/cluster.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import { emptySnapshot } from '../../model/snapshot.ts';
import type { Member, Topology } from '../../model/topology.ts';
import type { WrittenMember, WrittenTopology } from '../../model/written-topology.ts';
import type { WrittenAs } from './draw.ts';

export const writtenId = ({ members, missing }: WrittenTopology): string =>
  [...members.map(({ name }) => name), ...missing].sort().join(' ');

/** No kubeconfig context has this name; the snapshot in it holds one manifest and was never connected. */
const contextOf = ({ uri, line }: WrittenMember): string => `manifest ${uri}#${line + 1}`;

/** A snapshot for each member: as if the operator had made what is written. */
export const writtenSnapshot = (member: WrittenMember): ContextSnapshot => {
  const { name } = member.cluster.metadata;
  const namespace = member.namespace ?? 'default';
  const instances = Math.min(100, Math.max(1, Math.round(member.cluster.spec.instances ?? 1)));
  return {
    ...emptySnapshot(contextOf(member), ''),
    clusters: [
      {
        ...member.cluster,
        metadata: { ...member.cluster.metadata, namespace },
        status: {
          instanceNames: Array.from({ length: instances }, (_, index) => `${name}-${index + 1}`),
          currentPrimary: `${name}-1`,
        },
      },
    ],
    objectStores: member.objectStores.map(store => ({ ...store, metadata: { ...store.metadata, namespace } })),
  };
};

const memberOf = (written: WrittenMember, snapshot: ContextSnapshot): Member => ({
  address: {
    context: snapshot.context,
    namespace: written.namespace ?? 'default',
    name: written.cluster.metadata.name,
  },
  name: written.name,
  cluster: snapshot.clusters[0] ?? written.cluster,
});

export interface Together {
  topology: Topology;
  /** Of members that nobody has seen but in a manifest. */
  snapshots: ContextSnapshot[];
  written: Map<string, WrittenAs>;
}

/**
 * The observed members, and after them those that are only written.
 * @param observed `undefined`: nothing is
 * @param fileOf how people call a file
 */
export function together(
  observed: Topology | undefined,
  written: WrittenTopology | undefined,
  fileOf: (uri: string) => string,
): Together | undefined {
  if (!written) return observed && { topology: observed, snapshots: [], written: new Map<string, WrittenAs>() };
  const placeOf = ({ uri, line }: WrittenMember): string => `${fileOf(uri)}:${line + 1}`;
  const known = new Map<string, WrittenAs>();
  const used = new Set<WrittenMember>();
  for (const member of observed?.members ?? []) {
    const manifest = written.members.find(each => isOf(each, member));
    if (!manifest) continue;
    used.add(manifest);
    known.set(addressKey(member.address), {
      place: placeOf(manifest),
      differs: differences(manifest, member.cluster),
    });
  }
  const seen = new Set(observed?.members.map(({ name }) => name));
  const added = written.members
    .filter(each => !used.has(each) && !seen.has(each.name))
    .map(each => {
      const snapshot = writtenSnapshot(each);
      const member = memberOf(each, snapshot);
      known.set(addressKey(member.address), { place: placeOf(each), differs: new Map() });
      return { snapshot, member };
    });
  const members = [...(observed?.members ?? []), ...added.map(({ member }) => member)];
  const names = new Set(members.map(({ name }) => name));
  const missing = [...new Set([...(observed?.missing ?? []), ...written.missing])].filter(name => !names.has(name));
  return {
    topology: {
      id: observed?.id ?? writtenId(written),
      members,
      missing,
      ambiguous: observed?.ambiguous ?? new Map(),
    },
    snapshots: added.map(({ snapshot }) => snapshot),
    written: known,
  };
}

/** Is this the manifest of the live object? A manifest without namespace may be applied anywhere. */
export const isOf = (manifest: WrittenMember, { address, name }: Member): boolean =>
  manifest.cluster.metadata.name === address.name &&
  manifest.name === name &&
  (manifest.namespace === undefined || manifest.namespace === address.namespace) &&
  (manifest.context === undefined || manifest.context === address.context);

/** Where the live object is otherwise than its manifest, of what the picture shows: field → both values. */
export function differences({ cluster: written }: Pick<WrittenMember, 'cluster'>, live: Cluster): Map<string, string> {
  const both = (values: (cluster: Cluster) => string | number | undefined): [string, string] => {
    const words = (value: string | number | undefined): string =>
      value === undefined || value === '' ? 'nothing' : String(value);
    return [words(values(written)), words(values(live))];
  };
  const fields: Record<string, [string, string]> = {
    role: both(cluster => (isReplicaCluster(cluster) ? 'replica cluster' : 'primary cluster')),
    primary: both(({ spec }) => spec.replica?.primary),
    'name in the topology': both(({ spec, metadata }) => spec.replica?.self ?? metadata.name),
    instances: both(({ spec }) => spec.instances ?? 1),
    image: both(({ spec }) => (written.spec.imageName === undefined ? undefined : spec.imageName)),
    'apply delay': both(({ spec }) => spec.replica?.minApplyDelay),
    source: both(sourceWords),
    archive: both(cluster => archiveWords(ownArchive(cluster))),
  };
  return new Map(
    Object.entries(fields)
      .filter(([, [manifest, now]]) => manifest !== now)
      .map(([field, [manifest, now]]) => [field, `manifest ${manifest}, live ${now}`]),
  );
}

function sourceWords(cluster: Cluster): string | undefined {
  const name = cluster.spec.replica?.source;
  const entry = externalCluster(cluster, name);
  if (!entry) return name;
  const { host, port } = entry.connectionParameters ?? {};
  const ways = [
    ...(entry.connectionParameters ? [`${host ?? 'local socket'}${port === undefined ? '' : `:${port}`}`] : []),
    archiveWords(entryArchive(cluster, entry)),
  ];
  return [name, ...ways.filter(Boolean)].join(' ');
}

const archiveWords = (reference: ReturnType<typeof ownArchive>): string | undefined =>
  reference &&
  (reference.by === 'plugin'
    ? `${reference.objectStore}/${reference.serverName}`
    : `${reference.configuration.destinationPath}/${reference.serverName}`);
