import { clusterRule, onValue, repeated } from './rule.ts';

export const tablespaceNames = clusterRule('tablespace-names', ({ spec: { tablespaces = [] } }) => {
  const at = (index: number) => ['spec', 'tablespaces', index, 'name'];
  const again = repeated(tablespaces, ({ name }) => name.toLowerCase());
  const others = tablespaces.map(({ name }, index) => ({ name, index })).filter(({ index }) => !again.includes(index));
  const sameVolume = repeated(others, ({ name }) => volumeName(name)).map(index => others[index]);
  return [
    ...again.map(index =>
      onValue(
        at(index),
        `PostgreSQL does not tell upper from lower case here: "${tablespaces[index]?.name}" is there twice.`,
      ),
    ),
    ...others.flatMap(({ name, index }) => {
      const fault = faultOf(name);
      return fault === undefined ? [] : [onValue(at(index), fault)];
    }),
    ...sameVolume.map(other =>
      onValue(
        at(other?.index ?? 0),
        `"${other?.name}" and another tablespace would have the same volume name "${volumeName(other?.name ?? '')}".`,
      ),
    ),
  ];
});

function faultOf(name: string): string | undefined {
  if (name.startsWith('pg_')) return `Names that begin with pg_ are PostgreSQL's own: "${name}" cannot be one of them.`;
  if (!/^[a-zA-Z_][a-zA-Z0-9_$]*$/.test(name))
    return `"${name}" is no identifier of PostgreSQL: letters, digits, "_" and "$", beginning with a letter or "_".`;
  return name.length > 63
    ? `An identifier of PostgreSQL has at most 63 characters; this one has ${name.length}.`
    : undefined;
}

/** Volumes have names of Kubernetes. */
const volumeName = (name: string): string =>
  `tbs-${name.replace(/^_/, '1').replaceAll('$', '-').replaceAll('_', '-').toLowerCase()}`;
