/** Of the objects in manifests what rules over both sides read, as far as it has the types that it must have. */
import type { Cluster, ObjectStoreConfiguration } from '../model/cluster.ts';
import type { ManifestDocument } from './manifest.ts';
import { isRecord } from './manifest.ts';

export interface StorageRequest {
  size?: string;
}

export interface ClusterManifest extends Cluster {
  spec: Cluster['spec'] & {
    imageCatalogRef?: { kind?: string; name?: string; major?: number };
    storage?: StorageRequest;
    walStorage?: StorageRequest;
    tablespaces?: { name: string; storage?: StorageRequest }[];
    postgresql?: {
      parameters?: Record<string, string>;
      synchronous?: { number?: number };
      shared_preload_libraries?: string[];
      extensions?: { name: string }[];
    };
    minSyncReplicas?: number;
    certificates?: {
      serverTLSSecret?: string;
      serverCASecret?: string;
      clientCASecret?: string;
      replicationTLSSecret?: string;
      serverAltDNSNames?: string[];
    };
    managed?: {
      roles?: { name: string; passwordSecret?: { name: string } }[];
      services?: { additional?: { serviceTemplate?: { metadata?: { name?: string } } }[] };
    };
    superuserSecret?: { name: string };
    bootstrap?: Record<string, Bootstrap | undefined>;
    plugins?: { name: string; enabled?: boolean; isWALArchiver?: boolean; parameters?: Record<string, string> }[];
  };
}

interface Bootstrap {
  source?: string;
  recoveryTarget?: unknown;
  database?: string;
  owner?: string;
  secret?: { name: string };
  walSegmentSize?: number;
  backup?: { name: string };
}

/** Configuration of a store with the arguments that rules look for. */
export interface StoreManifest {
  retentionPolicy?: string;
  configuration: ObjectStoreConfiguration & { wal?: { restoreAdditionalCommandArgs?: string[] } };
}

/** A type by example: `'string'` and the like; `[shape]` is a list, `{ '*': shape }` a map with any keys. */
type Shape = 'string' | 'number' | 'boolean' | 'text' | 'any' | readonly [Shape] | { readonly [key: string]: Shape };

const texts = { '*': 'text' } as const;
const key = { name: 'string', key: 'string' } as const;
const named = { name: 'string' } as const;
const storage = { size: 'text' } as const;
const store = {
  destinationPath: 'string',
  endpointURL: 'string',
  endpointCA: key,
  serverName: 'string',
  s3Credentials: {
    accessKeyId: key,
    secretAccessKey: key,
    sessionToken: key,
    region: key,
    inheritFromIAMRole: 'boolean',
  },
  azureCredentials: {
    connectionString: key,
    storageAccount: key,
    storageKey: key,
    storageSasToken: key,
    inheritFromAzureAD: 'boolean',
    useDefaultAzureCredentials: 'boolean',
  },
  googleCredentials: { applicationCredentials: key, gkeEnvironment: 'boolean' },
  wal: { restoreAdditionalCommandArgs: ['string'] },
} as const;
const plugin = { name: 'string', enabled: 'boolean', isWALArchiver: 'boolean', parameters: texts } as const;

const clusterSpec: Shape = {
  instances: 'number',
  imageName: 'string',
  imageCatalogRef: { kind: 'string', name: 'string', major: 'number' },
  replica: {
    source: 'string',
    primary: 'string',
    self: 'string',
    enabled: 'boolean',
    promotionToken: 'string',
    minApplyDelay: 'string',
  },
  externalClusters: [
    {
      name: 'string',
      connectionParameters: texts,
      sslCert: key,
      sslKey: key,
      sslRootCert: key,
      password: key,
      barmanObjectStore: store,
      plugin,
    },
  ],
  bootstrap: {
    '*': {
      source: 'string',
      recoveryTarget: 'any',
      database: 'string',
      owner: 'string',
      secret: named,
      walSegmentSize: 'number',
      backup: named,
    },
  },
  plugins: [plugin],
  backup: { barmanObjectStore: store, retentionPolicy: 'string', target: 'string' },
  postgresql: {
    parameters: texts,
    synchronous: { number: 'number' },
    shared_preload_libraries: ['string'],
    extensions: [named],
  },
  enableSuperuserAccess: 'boolean',
  superuserSecret: named,
  storage,
  walStorage: storage,
  tablespaces: [{ name: 'string', storage }],
  minSyncReplicas: 'number',
  certificates: {
    serverTLSSecret: 'string',
    serverCASecret: 'string',
    clientCASecret: 'string',
    replicationTLSSecret: 'string',
    serverAltDNSNames: ['string'],
  },
  managed: {
    roles: [{ name: 'string', passwordSecret: named }],
    services: { additional: [{ serviceTemplate: { metadata: named } }] },
  },
};
const metadata: Shape = { name: 'string', namespace: 'string', annotations: texts, labels: texts };

/** What does not fit is left out; items of lists stay in their places, since paths count them. */
function fitting(value: unknown, shape: Shape): unknown {
  if (shape === 'any') return value;
  if (shape === 'text')
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;
  if (typeof shape === 'string') return typeof value === shape ? value : undefined;
  if (isList(shape))
    return Array.isArray(value)
      ? value.map(item => fitting(item, shape[0]) ?? (isRecord(shape[0]) ? {} : ''))
      : undefined;
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]) => {
      const inner = Object.hasOwn(shape, name) ? shape[name] : shape['*'];
      const kept = inner === undefined ? undefined : fitting(child, inner);
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);

const known = new WeakMap<ManifestDocument, ClusterManifest | undefined>();

/**
 * The document as a Cluster, when the parts that make its role have the types that they must have; what has not is reported by
 * the schema.
 */
export function clusterOf(document: ManifestDocument): ClusterManifest | undefined {
  if (!known.has(document)) known.set(document, readCluster(document));
  return known.get(document);
}

function readCluster({ kind, apiVersion, value, name }: ManifestDocument): ClusterManifest | undefined {
  if (kind !== 'Cluster' || !apiVersion.startsWith('postgresql.cnpg.io/') || name === undefined) return undefined;
  const { spec } = value;
  if (!isRecord(spec)) return undefined;
  const { replica: stanza, externalClusters = [], bootstrap = {} } = spec;
  const isSound =
    (stanza === undefined || (isRecord(stanza) && Object.entries(stanza).every(isSoundField))) &&
    Array.isArray(externalClusters) &&
    externalClusters.every(entry => isRecord(entry) && typeof (entry['name'] ?? '') === 'string') &&
    isRecord(bootstrap) &&
    Object.values(bootstrap).every(method => isRecord(method) && typeof (method['source'] ?? '') !== 'number');
  if (!isSound) return undefined;
  return {
    metadata: fitting(value['metadata'], metadata),
    spec: fitting(spec, clusterSpec),
    // Only objects that were read from an API server have one; rules about changes look at it.
    ...(isRecord(value['status']) && { status: value['status'] }),
  } as unknown as ClusterManifest;
}

const stanzaFields: Record<string, string> = {
  enabled: 'boolean',
  source: 'string',
  primary: 'string',
  self: 'string',
  promotionToken: 'string',
  minApplyDelay: 'string',
};

const isSoundField = ([name, value]: [string, unknown]): boolean =>
  typeof value === (stanzaFields[name] ?? typeof value);

/** The document as an ObjectStore that says where it is. */
export function storeOf({ kind, value }: ManifestDocument): StoreManifest | undefined {
  if (kind !== 'ObjectStore') return undefined;
  const spec = fitting(value['spec'], { retentionPolicy: 'string', configuration: store }) as StoreManifest | undefined;
  return spec?.configuration?.destinationPath === undefined ? undefined : spec;
}
