import { clusterRule, newIn, onValue, repeated } from './rule.ts';

export const tablespaceNames = clusterRule('tablespace-names', ({ spec: { tablespaces = [] } }) => {
  const at = (index: number) => ['spec', 'tablespaces', index, 'name'];
  const again = repeated(tablespaces, ({ name }) => name.toLowerCase());
  const others = tablespaces.map(({ name }, index) => ({ name, index })).filter(({ index }) => !again.includes(index));
  const sameVolume = repeated(others, ({ name }) => volumeName(name)).map(index => others[index]);
  return [
    ...again.map(index =>
      onValue(
        at(index),
        `There is a tablespace "${tablespaces[index]?.name}" already: upper and lower case make no difference.`,
      ),
    ),
    ...others.flatMap(({ name, index }) => {
      const fault = faultOf(name);
      return fault === undefined ? [] : [onValue(at(index), fault)];
    }),
    ...newIn(
      29,
      sameVolume.map(other =>
        onValue(
          at(other?.index ?? 0),
          `"${other?.name}" and another tablespace would share the volume "${volumeName(other?.name ?? '')}": names of volumes have "-" for "_" and "$". Rename one.`,
        ),
      ),
    ),
  ];
});

function faultOf(name: string): string | undefined {
  if (name.startsWith('pg_')) return `PostgreSQL keeps names that begin with pg_ to itself: rename "${name}".`;
  if (!/^[a-zA-Z_][a-zA-Z0-9_$]*$/.test(name))
    return `"${name}" is no identifier of PostgreSQL: it begins with a letter (a to z) or "_", and has only letters, digits, "_" and "$".`;
  return name.length > 63
    ? `An identifier of PostgreSQL has at most 63 characters; this one has ${name.length}.`
    : undefined;
}

/** Volumes have names of Kubernetes. */
const volumeName = (name: string): string =>
  `tbs-${name.replace(/^_/, '1').replaceAll('$', '-').replaceAll('_', '-').toLowerCase()}`;
