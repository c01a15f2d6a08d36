/** Poolers, databases, roles, publications, subscriptions; plugins; certificates. Groups that are empty are left out. */
import { certificatesOf, expiryWarning } from '../../model/certificates.ts';
import type { Cluster } from '../../model/cluster.ts';
import { formatDuration } from '../../model/duration.ts';
import type { Address } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import { naming } from '../../model/owned.ts';
import type { Database, DatabaseRole, Pooler, Publication, Satellite, Subscription } from '../../model/satellites.ts';
import type { ContextSnapshot, WatchedKind } from '../../model/snapshot.ts';
import type { Scene, TooltipLine, TreeNode, Trouble } from './node.ts';
import { groupNode, node, referenceTo, troubleIcon, worst } from './node.ts';

export const satelliteNodes = (
  cluster: Cluster,
  snapshot: ContextSnapshot,
  address: Address,
): (TreeNode | undefined)[] => [
  group('Pooler', 'Poolers', 'layers', naming(snapshot.poolers, cluster), address, poolerWords),
  group('Database', 'Databases', 'symbol-field', naming(snapshot.databases, cluster), address, databaseWords),
  group('DatabaseRole', 'Roles', 'person', naming(snapshot.databaseRoles, cluster), address, roleWords),
  group('Publication', 'Publications', 'broadcast', naming(snapshot.publications, cluster), address, publicationWords),
  group('Subscription', 'Subscriptions', 'rss', naming(snapshot.subscriptions, cluster), address, subscriptionWords),
];

/** Of {@link satelliteNodes}, without making them. */
export function satellitesTrouble(cluster: Cluster, snapshot: ContextSnapshot): Trouble {
  const { poolers, databases, databaseRoles, publications, subscriptions } = snapshot;
  const kinds: (readonly Satellite[])[] = [poolers, databases, databaseRoles, publications, subscriptions];
  return worst(kinds.flatMap(objects => naming(objects, cluster).map(satelliteTrouble)));
}

const isRefused = ({ status }: Satellite): boolean => status?.applied === false;
const isPaused = ({ spec }: Pooler): boolean => spec?.pgbouncer?.paused === true;
const satelliteTrouble = (object: Satellite): Trouble =>
  isRefused(object) ? 'error' : isPaused(object) ? 'warning' : undefined;

const poolerWords = (pooler: Pooler): string[] => {
  const { spec, status } = pooler;
  const wanted = spec?.instances ?? 1;
  return [
    spec?.type ?? 'rw',
    ...(isPaused(pooler) ? ['PAUSED'] : []),
    status?.instances === undefined || status.instances === wanted
      ? `${wanted} pods`
      : `${status.instances}/${wanted} pods`,
    spec?.pgbouncer?.poolMode ?? 'session',
  ];
};
const databaseWords = ({ spec }: Database): string[] => [
  spec?.name ?? '?',
  ...(spec?.ensure === 'absent' ? ['to be absent'] : []),
  ...(spec?.owner ? [`owner ${spec.owner}`] : []),
];
const roleWords = ({ spec }: DatabaseRole): string[] => [
  spec?.name ?? '?',
  ...(['login', 'superuser', 'replication'] as const).filter(right => spec?.[right]),
];
const publicationWords = ({ spec }: Publication): string[] => [`${spec?.dbname ?? '?'}.${spec?.name ?? '?'}`];
const subscriptionWords = ({ spec }: Subscription): string[] => [
  `${spec?.dbname ?? '?'}.${spec?.name ?? '?'}`,
  `of ${spec?.publicationName ?? '?'} on ${spec?.externalClusterName ?? '?'}`,
];

function group<T extends Satellite>(
  kind: WatchedKind,
  label: string,
  icon: string,
  objects: readonly T[],
  address: Address,
  words: (object: T) => string[],
): TreeNode | undefined {
  return groupNode({
    id: `${kind} ${addressKey(address)}`,
    kind: 'satellites',
    label,
    icon: { id: icon },
    address,
    context: address.context,
    children: objects
      .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))
      .map(object => satelliteNode(kind, icon, object, address, words(object))),
  });
}

function satelliteNode(
  kind: WatchedKind,
  icon: string,
  object: Satellite,
  address: Address,
  words: string[],
): TreeNode {
  const { metadata, status } = object;
  const paused = isPaused(object);
  const refused = isRefused(object);
  const trouble = satelliteTrouble(object);
  const outdated = status?.observedGeneration !== undefined && status.observedGeneration !== metadata.generation;
  const state: TooltipLine[] =
    kind === 'Pooler'
      ? paused
        ? ['PgBouncer is paused: clients wait.']
        : []
      : [['Applied', refused ? `no: ${status?.message ?? 'no reason given'}` : status?.applied ? 'yes' : 'not yet']];
  return node({
    id: `${kind} ${addressKey(address)} ${metadata.name}`,
    kind: 'satellite',
    label: metadata.name,
    description: [
      ...(refused ? [`NOT APPLIED: ${status?.message ?? 'no reason given'}`] : []),
      ...(kind !== 'Pooler' && status?.applied === undefined ? ['not applied yet'] : []),
      ...(outdated && !refused ? ['a newer version is not applied yet'] : []),
      ...words,
    ].join(' · '),
    icon: troubleIcon(trouble, { id: icon }),
    trouble,
    tooltip: [`${kind} ${metadata.name}`, ['What', words.join(', ')], ...state],
    contextValue: `satellite.${kind}`,
    address,
    context: address.context,
    object: referenceTo(kind, address, metadata.name),
  });
}

export function pluginsNode(cluster: Cluster, address: Address): TreeNode | undefined {
  const loaded = new Map((cluster.status?.pluginStatus ?? []).map(plugin => [plugin.name, plugin]));
  const wanted = cluster.spec.plugins ?? [];
  const others = [...loaded.values()].filter(({ name }) => !wanted.some(plugin => plugin.name === name));
  return groupNode({
    id: `plugins ${addressKey(address)}`,
    kind: 'plugins',
    label: 'Plugins',
    icon: { id: 'extensions' },
    children: [
      ...wanted,
      ...others.map(({ name }) => ({ name, enabled: true, isWALArchiver: false, parameters: undefined })),
    ].map(plugin => {
      const state = loaded.get(plugin.name);
      const off = plugin.enabled === false;
      return node({
        id: `plugin ${addressKey(address)} ${plugin.name}`,
        kind: 'plugin',
        label: plugin.name,
        description: [
          ...(off ? ['disabled'] : []),
          ...(state?.version ? [state.version] : []),
          ...(plugin.isWALArchiver ? ['archives WAL'] : []),
        ].join(' · '),
        icon: { id: 'extensions' },
        tooltip: [
          `Plugin ${plugin.name}`,
          ['Version', state?.version ?? 'not reported'],
          ['Enabled', off ? 'no' : 'yes'],
          ['Archives WAL', plugin.isWALArchiver ? 'yes' : 'no'],
          ...Object.entries(plugin.parameters ?? {}),
        ],
        address,
        context: address.context,
      });
    }),
  });
}

const certificateTrouble = (expires: number | undefined, now: number): Trouble =>
  expires === undefined || expires - now >= expiryWarning ? undefined : expires > now ? 'warning' : 'error';

/** Of {@link certificatesNode}, without making it. */
export const certificatesTrouble = (cluster: Cluster, { moment }: Scene): Trouble =>
  worst(certificatesOf(cluster).map(({ expires }) => certificateTrouble(expires, moment.now)));

export function certificatesNode(cluster: Cluster, address: Address, { moment }: Scene): TreeNode | undefined {
  const certificates = certificatesOf(cluster);
  const left = (expires: number | undefined): number => (expires ?? moment.now) - moment.now;
  const words = (expires: number | undefined): string =>
    expires === undefined
      ? 'expiry unknown'
      : left(expires) <= 0
        ? `EXPIRED ${formatDuration(-left(expires) / 1000)} ago`
        : `expires in ${formatDuration(left(expires) / 1000)}`;
  const first = certificates.find(({ expires }) => expires !== undefined);
  return groupNode({
    id: `certificates ${addressKey(address)}`,
    kind: 'certificates',
    label: 'Certificates',
    description: first ? `first ${words(first.expires)}` : String(certificates.length),
    icon: { id: 'key' },
    children: certificates.map(({ secret, expires, text }) => {
      const trouble = certificateTrouble(expires, moment.now);
      return node({
        id: `certificate ${addressKey(address)} ${secret}`,
        kind: 'certificate',
        label: secret,
        description: words(expires),
        icon: troubleIcon(trouble, { id: 'key' }),
        trouble,
        tooltip: [
          `Secret ${secret}`,
          ['Expires', text],
          'The other side has a copy of it when it streams with certificates.',
        ],
        address,
        context: address.context,
      });
    }),
  });
}
