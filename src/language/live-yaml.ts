/** An object as the API server has it, as YAML for reading. */
import { stringify } from 'yaml';
import type { KubernetesObject } from '../model/kubernetes.ts';

export interface LiveText {
  /** `Cluster default/cluster-eu (context eu)` */
  title: string;
  readAt: Date;
}

/** Of each level the keys that a reader looks for first, in this order; then the others as the API server sends them. */
const firstKeys = ['apiVersion', 'kind', 'metadata'];
const firstOfMetadata = ['name', 'namespace', 'labels', 'annotations'];

/** Its value is the whole object once more, as some `kubectl apply` sent it. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The object with its status last. Who manages which fields is most of its lines and says little: it becomes one comment.
 */
export function renderLive(object: KubernetesObject, { title, readAt }: LiveText): string {
  const { managedFields = [], ...metadata } = object.metadata;
  const { [lastApplied]: applied, ...annotations } = metadata.annotations ?? {};
  const shown = {
    ...object,
    metadata: ordered(metadata.annotations === undefined ? metadata : { ...metadata, annotations }, firstOfMetadata),
  };
  const { status, ...rest } = ordered(shown, firstKeys);
  const text = plain(status === undefined ? rest : { ...rest, status });
  const leftOut = [
    ...(applied === undefined ? [] : [`${lastApplied} is left out: it repeats an earlier manifest.`]),
    ...managersOf(managedFields),
  ];
  return [
    ...comment(
      title,
      `as the API server had it at ${readAt.toISOString().slice(0, 19).replace('T', ' ')} UTC; read-only`,
    ),
    text.trimEnd(),
    ...comment(...leftOut),
    '',
  ].join('\n');
}

/** An object that is to be created. */
export const renderManifest = (object: KubernetesObject): string =>
  plain(ordered({ ...object, metadata: ordered(object.metadata, firstOfMetadata) }, firstKeys));

const plain = (value: object): string =>
  stringify(value, {
    // Read by YAML 1.1 and 1.2 alike: `on` and `0o7` get quotes.
    version: '1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });

function managersOf(entries: NonNullable<KubernetesObject['metadata']['managedFields']>): string[] {
  if (entries.length === 0) return [];
  const names = [...new Set(entries.map(entry => entry.manager ?? 'unknown'))];
  return [
    `metadata.managedFields is left out: ${names.length} manager${names.length === 1 ? '' : 's'}.`,
    ...entries.map(({ manager = 'unknown', operation = '', subresource, time }) =>
      [`  ${manager}:`, operation, subresource && `of ${subresource}`, time && `at ${time}`].filter(Boolean).join(' '),
    ),
  ];
}

/** Names come from outside: none may end the comment. */
const comment = (...lines: string[]): string[] =>
  lines.map(line => `# ${line.replaceAll(/\p{Cc}|\u2028|\u2029/gu, ' ')}`);

function ordered(value: object, first: readonly string[]): Record<string, unknown> {
  const entries = Object.entries(value);
  const rank = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);
  return Object.fromEntries(entries.toSorted(([a], [b]) => rank(a) - rank(b)));
}
