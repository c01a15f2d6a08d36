/** How others reach a Cluster, as lines of an entry of `externalClusters`. */
import { ownArchive } from '../../model/archive.ts';
import { itemLines, plainText } from '../edits.ts';
import { entriesOf } from '../rules/rule.ts';
import type { Side } from '../sides.ts';
import { pluginLines } from '../plugin-text.ts';

/** Whoever applies it puts the real one there. */
export const placeholderHost = (cluster: string): string => `${cluster}-rw.example.com`;

export interface Reach {
  /** In the topology. */
  name: string;
  /** `metadata.name`. */
  cluster: string;
  host?: string;
  /** Its archive by the plugin. */
  archive?: { objectStore: string; serverName: string } | undefined;
}

export const entryLines = ({ name, cluster, host = placeholderHost(cluster), archive }: Reach): string[] => [
  `name: ${plainText(name)}`,
  'connectionParameters:',
  `  host: ${plainText(host)}`,
  '  user: streaming_replica',
  '  dbname: postgres',
  '  sslmode: verify-full',
  ...certificate('sslKey', `${cluster}-replication`, 'tls.key'),
  ...certificate('sslCert', `${cluster}-replication`, 'tls.crt'),
  ...certificate('sslRootCert', `${cluster}-ca`, 'ca.crt'),
  ...(archive ? ['plugin:', ...pluginLines(archive).map(line => `  ${line}`)] : []),
];

const certificate = (field: string, secret: string, key: string): string[] => [
  `${field}:`,
  `  name: ${plainText(secret)}`,
  `  key: ${key}`,
];

/** Of a Cluster that is known: its archive is the one that it writes. */
export function reachOf({ cluster }: Side, name: string): Reach {
  const own = ownArchive(cluster);
  return {
    name,
    cluster: cluster.metadata.name,
    archive: own?.by === 'plugin' ? own : undefined,
  };
}

/** The entry that a Cluster has for a name, as it is written. */
export function entryOf({ cluster, document }: Side, name: string): string[] | undefined {
  const found = entriesOf(cluster).find(({ entry }) => entry.name === name);
  return found && itemLines(document, found.path);
}
