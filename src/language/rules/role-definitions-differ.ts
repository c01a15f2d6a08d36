import type { Path } from '../manifest.ts';
import { idOf } from '../sides.ts';
import type { ClusterManifest } from '../sound.ts';
import type { Rule } from './rule.ts';
import { onKey, primaryOf } from './rule.ts';

export const roleDefinitionsDiffer: Rule = {
  code: 'RC316',
  severity: 'warning',
  check(subject) {
    const { cluster, entry } = subject;
    const primary = primaryOf(subject);
    if (!primary) return [];
    return facts.flatMap(({ what, path, of }) => {
      const [own, theirs] = [of(cluster), of(primary.cluster)];
      if (own === theirs) return [];
      return [
        onKey(
          path(cluster),
          `${what} ${own || 'none'} here and ${theirs || 'none'} in ${idOf(primary)}: at a promotion ${idOf(entry)} changes them to what is written here.`,
          { related: [{ entry: primary, path: path(primary.cluster), message: `the same in ${idOf(primary)}` }] },
        ),
      ];
    });
  },
};

interface Fact {
  what: string;
  path: (cluster: ClusterManifest) => Path;
  of: (cluster: ClusterManifest) => string;
}

const methodOf = ({ spec }: ClusterManifest): string => Object.keys(spec.bootstrap ?? {})[0] ?? 'initdb';

/** What CloudNativePG takes when nothing is said: a database `app`, an owner of the same name as the database. */
const applicationOf = (cluster: ClusterManifest): string => {
  const { database, owner } = cluster.spec.bootstrap?.[methodOf(cluster)] ?? {};
  return `${database || 'app'} of ${owner || database || 'app'}`;
};

const facts: readonly Fact[] = [
  {
    what: 'Managed roles are',
    path: () => ['spec', 'managed', 'roles'],
    of: ({ spec }) =>
      (spec.managed?.roles ?? [])
        .map(({ name }) => name)
        .sort()
        .join(', '),
  },
  {
    what: 'enableSuperuserAccess is',
    path: () => ['spec', 'enableSuperuserAccess'],
    of: ({ spec }) => String(spec.enableSuperuserAccess ?? false),
  },
  {
    what: 'superuserSecret is',
    path: () => ['spec', 'superuserSecret'],
    of: ({ spec }) => spec.superuserSecret?.name ?? '',
  },
  {
    what: 'The application database is',
    path: cluster => ['spec', 'bootstrap', methodOf(cluster)],
    of: applicationOf,
  },
];
