/** Manifests of members of a topology, short enough to read in a table. */
export interface MemberText {
  name: string;
  namespace?: string;
  self?: string;
  primary?: string;
  source?: string;
  /** Names in `externalClusters`. */
  lists?: string[];
  /** More lines of the spec, without their indentation. */
  more?: string;
}

export function clusterText({ name, namespace, self, primary, source, lists = [], more = '' }: MemberText): string {
  const stanza = Object.entries({ self, primary, source }).filter(([, value]) => value !== undefined);
  return [
    'apiVersion: postgresql.cnpg.io/v1',
    'kind: Cluster',
    'metadata:',
    `  name: ${name}`,
    ...(namespace === undefined ? [] : [`  namespace: ${namespace}`]),
    'spec:',
    '  instances: 3',
    '  storage: {size: 1Gi}',
    ...(stanza.length > 0 ? ['  replica:', ...stanza.map(([key, value]) => `    ${key}: ${value}`)] : []),
    ...(lists.length > 0 ? ['  externalClusters:'] : []),
    ...lists.flatMap(each => [`    - name: ${each}`, `      connectionParameters: {host: ${each}.example.com}`]),
    ...more
      .split('\n')
      .filter(Boolean)
      .map(line => `  ${line}`),
    '',
  ].join('\n');
}

/** A member with the usual two names. */
export const memberText = (name: string, primary: string, source: string, rest: Partial<MemberText> = {}): string =>
  clusterText({ name, primary, source, lists: ['a', 'b'], ...rest });
