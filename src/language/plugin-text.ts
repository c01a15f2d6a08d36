/** Text of the Barman Cloud plugin's parts of a manifest. */
import { barmanPlugin } from '../model/cluster.ts';
import { plainText } from './edits.ts';

export interface PluginText {
  objectStore: string;
  /** Absent: the plugin's default, the name of the Cluster. */
  serverName?: string;
  isWALArchiver?: boolean;
}

export const pluginLines = ({ objectStore, serverName, isWALArchiver }: PluginText): string[] => [
  `name: ${barmanPlugin}`,
  ...(isWALArchiver ? ['isWALArchiver: true'] : []),
  'parameters:',
  `  barmanObjectName: ${plainText(objectStore)}`,
  ...(serverName === undefined ? [] : [`  serverName: ${plainText(serverName)}`]),
];

export interface StoreText {
  name: string;
  namespace: string | undefined;
  retentionPolicy?: string | undefined;
  /** Lines below `configuration`. */
  configuration: readonly string[];
  /** Comments that had their place in what is left out. */
  comments?: readonly string[];
}

export const storeText = ({ name, namespace, retentionPolicy, configuration, comments = [] }: StoreText): string =>
  [
    ...comments,
    'apiVersion: barmancloud.cnpg.io/v1',
    'kind: ObjectStore',
    'metadata:',
    `  name: ${plainText(name)}`,
    ...(namespace === undefined ? [] : [`  namespace: ${plainText(namespace)}`]),
    'spec:',
    ...(retentionPolicy === undefined
      ? []
      : [`  retentionPolicy: ${/^\d+[dwm]$/.test(retentionPolicy) ? retentionPolicy : plainText(retentionPolicy)}`]),
    '  configuration:',
    ...configuration.map(line => (line === '' ? '' : `    ${line}`)),
    '',
  ].join('\n');
