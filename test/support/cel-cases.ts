/** For each rule in CEL of the CRDs a spec that it takes and one that it refuses; `before` is the spec that an update finds. */
import { stringify } from 'yaml';

export interface CelCase {
  kind: string;
  spec: Record<string, unknown>;
  before?: Record<string, unknown>;
  /** Message of the rule; absent: accepted. */
  refused?: string;
}

const cases: CelCase[] = [];

/** A spec that is right, and changes of it, each with the message of the rule that refuses it, or `undefined`. */
function kind(name: string, right: Record<string, unknown>, changes: [change: object, refused?: string][]): void {
  cases.push({ kind: name, spec: right });
  for (const [change, refused] of changes)
    cases.push({ kind: name, spec: { ...right, ...change }, ...(refused !== undefined && { refused }) });
}

/** Changes of what is there; the same spec again is always accepted. */
function update(name: string, before: Record<string, unknown>, changes: [change: object, refused?: string][]): void {
  cases.push({ kind: name, spec: before, before });
  for (const [change, refused] of changes)
    cases.push({ kind: name, spec: { ...before, ...change }, before, ...(refused !== undefined && { refused }) });
}

const storage = { size: '1Gi' };
const cluster = { name: 'pg' };
const catalog = { apiGroup: 'postgresql.cnpg.io', kind: 'ImageCatalog', name: 'postgresql' };

kind('Cluster', { storage }, [
  [{ imageCatalogRef: { ...catalog, major: 17 } }],
  [{ imageCatalogRef: { ...catalog, major: 17 }, imageName: 'postgresql:17' }, 'mutually exclusive'],
  [{ imageCatalogRef: { ...catalog, kind: 'Secret', major: 17 } }, 'Only image catalogs are supported'],
  [{ imageCatalogRef: { ...catalog, apiGroup: 'example.org', major: 17 } }, 'Only image catalogs are supported'],
  [{ bootstrap: { initdb: { localeProvider: 'builtin', builtinLocale: 'C' } } }],
  [{ bootstrap: { initdb: { builtinLocale: 'C' } } }, 'builtinLocale is only available'],
  [{ bootstrap: { initdb: { localeProvider: 'icu', icuLocale: 'en', icuRules: '&a < g' } } }],
  [{ bootstrap: { initdb: { localeProvider: 'libc', icuLocale: 'en' } } }, 'icuLocale is only available'],
  [{ bootstrap: { initdb: { localeProvider: 'libc', icuRules: '&a < g' } } }, 'icuRules is only available'],
  [{ instances: 3, postgresql: { synchronous: { method: 'any', number: 1 } } }],
  [{ instances: 3, postgresql: { synchronous: { method: 'any', number: 0 } } }, 'greater than zero'],
  [
    {
      instances: 3,
      postgresql: { synchronous: { method: 'any', number: 1, dataDurability: 'preferred', standbyNamesPre: ['a'] } },
    },
    'dataDurability',
  ],
  [
    {
      instances: 3,
      postgresql: { synchronous: { method: 'any', number: 1, dataDurability: 'preferred', standbyNamesPost: ['a'] } },
    },
    'dataDurability',
  ],
  [
    {
      instances: 3,
      postgresql: { synchronous: { method: 'any', number: 1, dataDurability: 'preferred', standbyNamesPre: [] } },
    },
  ],
]);
update('Cluster', { storage, serviceAccountName: 'pg' }, [
  [{ serviceAccountName: 'other' }, 'serviceAccountName is immutable'],
  // A rule about a value is asked when there is one before and after.
  [{ serviceAccountName: undefined }],
]);

kind('ObjectStore', { configuration: { destinationPath: 's3://wal' } }, [
  [{ configuration: { destinationPath: 's3://wal', serverName: 'pg' } }, "use the 'serverName' plugin parameter"],
  [{ instanceSidecarConfiguration: { additionalContainerArgs: ['--trace'] } }],
  [{ instanceSidecarConfiguration: { additionalContainerArgs: ['--log-level=debug'] } }, 'do not set --log-level'],
]);

const image = (major: number): object => ({ image: `postgresql:${major}`, major });
const component = (key: string): object => ({ key, image: 'pgbouncer:1.25' });
for (const name of ['ImageCatalog', 'ClusterImageCatalog'])
  kind(name, { images: [image(17), image(18)] }, [
    [{ images: [image(17), image(17)] }, 'unique major versions'],
    [{ componentImages: [component('a'), component('b')] }],
    [{ componentImages: [component('a'), component('a')] }, 'keys must be unique'],
  ]);

kind('Database', { cluster, name: 'app', owner: 'app' }, [
  [{ name: 'postgres' }, 'the name postgres is reserved'],
  [{ name: 'template0' }, 'the name template0 is reserved'],
  [{ name: 'template1' }, 'the name template1 is reserved'],
  [{ localeProvider: 'builtin', builtinLocale: 'C' }],
  [{ builtinLocale: 'C' }, 'builtinLocale is only available'],
  [{ localeProvider: 'icu', icuLocale: 'en', icuRules: '' }],
  [{ icuLocale: 'en' }, 'icuLocale is only available'],
  [{ icuRules: '&a < g' }, 'icuRules is only available'],
  [{ fdws: [{ name: 'postgres_fdw', usage: [{ name: 'app' }] }] }],
  [{ fdws: [{ name: 'postgres_fdw', usage: [{ name: '' }] }] }, 'name is required'],
  [{ servers: [{ name: 'other', fdw: 'postgres_fdw', usage: [{ name: 'app' }] }], fdws: [{ name: 'postgres_fdw' }] }],
  [{ servers: [{ name: 'other', fdw: '' }] }, 'fdw is required'],
  [
    { servers: [{ name: 'other', fdw: 'postgres_fdw', usage: [{ name: '' }] }], fdws: [{ name: 'postgres_fdw' }] },
    'name is required',
  ],
]);
const unchanging = {
  cluster,
  name: 'app',
  owner: 'app',
  template: 'template1',
  encoding: 'UTF8',
  locale: 'C',
  localeProvider: 'icu',
  localeCollate: 'C',
  localeCType: 'C',
  icuLocale: 'en',
  icuRules: '&a < g',
  collationVersion: '1',
};
update('Database', unchanging, [
  [{ owner: 'other' }],
  [{ name: 'other' }, 'name is immutable'],
  [{ cluster: { name: 'other' } }, 'cluster reference is immutable'],
  ...[
    'template',
    'encoding',
    'locale',
    'localeCollate',
    'localeCType',
    'icuLocale',
    'icuRules',
    'collationVersion',
  ].map((field): [object, string] => [{ [field]: 'other' }, `${field} is immutable`]),
  [{ localeProvider: 'libc', icuLocale: undefined, icuRules: undefined }, 'localeProvider is immutable'],
]);
update('Database', { cluster, name: 'app', owner: 'app', localeProvider: 'builtin', builtinLocale: 'C' }, [
  [{ builtinLocale: 'C.UTF-8' }, 'builtinLocale is immutable'],
]);

kind('DatabaseRole', { cluster, name: 'app' }, [
  [{ ensure: 'present' }],
  [{ ensure: 'absent' }, 'ensure: absent is not supported'],
  [{ name: 'postgres' }, 'the role name postgres is reserved'],
  [{ name: 'streaming_replica' }, 'the role name streaming_replica is reserved'],
  [{ name: 'pg_app' }, 'starting with pg_'],
  [{ name: 'cnpg_app' }, 'starting with cnpg_'],
  [{ name: '' }, 'role name must not be empty'],
  [{ passwordSecret: { name: 'app' } }],
  [{ passwordSecret: { name: 'app' }, disablePassword: true }, 'passwordSecret and disablePassword'],
  [{ passwordSecret: { name: 'app' }, disablePassword: false }],
  [{ clientCertificate: { enabled: true }, login: true }],
  [{ clientCertificate: { enabled: false } }],
  [{ clientCertificate: { enabled: true }, login: false }, 'requires the role to have login'],
]);
update('DatabaseRole', { cluster, name: 'app' }, [
  [{ login: true }],
  [{ name: 'other' }, 'name is immutable'],
  [{ cluster: { name: 'other' } }, 'cluster reference is immutable'],
]);

const table = { table: { name: 'orders' } };
kind('Publication', { cluster, dbname: 'app', name: 'pub', target: { allTables: true } }, [
  [{ target: { objects: [table, { tablesInSchema: 'public' }] } }],
  [{ target: { allTables: true, objects: [table] } }, 'allTables and objects'],
  [{ target: {} }, 'allTables and objects'],
  [{ target: { objects: [{ ...table, tablesInSchema: 'public' }] } }, 'tablesInSchema and table'],
  [{ target: { objects: [{}] } }, 'tablesInSchema and table'],
  [{ target: { objects: [{ table: { name: 'orders', columns: ['id'] } }] } }],
  [
    { target: { objects: [{ table: { name: 'orders', columns: ['id'] } }, { tablesInSchema: 'public' }] } },
    'column list',
  ],
]);
update('Publication', { cluster, dbname: 'app', name: 'pub', target: { allTables: true } }, [
  [{ dbname: 'other' }, 'dbname is immutable'],
  [{ name: 'other' }, 'name is immutable'],
  [{ cluster: { name: 'other' } }, 'cluster reference is immutable'],
  [{ target: { allTables: false } }, 'allTables is immutable'],
  [{ target: { objects: [table] } }],
]);
const subscription = { cluster, dbname: 'app', name: 'sub', publicationName: 'pub', externalClusterName: 'eu' };
update('Subscription', subscription, [
  [{ publicationName: 'other' }],
  [{ dbname: 'other' }, 'dbname is immutable'],
  [{ name: 'other' }, 'name is immutable'],
  [{ cluster: { name: 'other' } }, 'cluster reference is immutable'],
]);

update(
  'Backup',
  { cluster, method: 'plugin', pluginConfiguration: { name: 'barman', parameters: { a: 'b', c: 'd' } } },
  [
    [{ pluginConfiguration: { parameters: { c: 'd', a: 'b' }, name: 'barman' } }],
    [{ pluginConfiguration: { name: 'barman', parameters: { a: 'x' } } }, 'BackupSpec is immutable'],
    [{ target: 'primary' }, 'BackupSpec is immutable'],
  ],
);
update('ScheduledBackup', { cluster, schedule: '0 0 0 * * *' }, [
  [{ schedule: '0 0 1 * * *' }],
  [{ cluster: { name: 'other' } }, 'cluster reference is immutable'],
]);

kind('Pooler', { cluster, pgbouncer: { image: 'pgbouncer:1.25' } }, [
  [{ pgbouncer: { imageCatalogRef: { ...catalog, key: 'pgbouncer' } } }],
  [{ pgbouncer: { image: 'pgbouncer:1.25', imageCatalogRef: { ...catalog, key: 'pgbouncer' } } }, 'mutually exclusive'],
  [{ pgbouncer: { imageCatalogRef: { ...catalog, kind: 'Secret', key: 'pgbouncer' } } }, 'Only ImageCatalog'],
  [{ pgbouncer: { imageCatalogRef: { ...catalog, apiGroup: 'apps', key: 'pgbouncer' } } }, 'apiGroup must be'],
]);
update('Pooler', { cluster, pgbouncer: {}, serviceAccountName: 'pooler' }, [
  [{ instances: 2 }],
  [{ cluster: { name: 'other' } }, 'cluster reference is immutable'],
  [{ serviceAccountName: 'other' }, 'serviceAccountName is immutable'],
]);

export const celCases: readonly CelCase[] = cases;

const group = (name: string): string => (name === 'ObjectStore' ? 'barmancloud' : 'postgresql');

export const apiVersionOf = (name: string): string => `${group(name)}.cnpg.io/v1`;

export const manifestOf = (name: string, spec: object): string =>
  stringify({ apiVersion: apiVersionOf(name), kind: name, metadata: { name: 'case' }, spec }, { version: '1.1' });
