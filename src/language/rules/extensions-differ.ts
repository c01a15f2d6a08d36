import { placeOf } from '../manifest.ts';
import type { Path } from '../manifest.ts';
import { idOf } from '../sides.ts';
import type { ClusterManifest } from '../sound.ts';
import type { Rule } from './rule.ts';
import { onKey, parameters, primaryOf } from './rule.ts';

export const extensionsDiffer: Rule = {
  code: 'RC611',
  severity: 'warning',
  check(subject) {
    const { document, cluster, entry } = subject;
    const primary = primaryOf(subject);
    if (!primary) return [];
    return facts.flatMap(({ what, path, of }) => {
      const own = new Set(of(cluster));
      const missing = of(primary.cluster).filter(name => name && !own.has(name));
      if (missing.length === 0) return [];
      const nearest = [path, ['spec', 'postgresql'], ['spec']].find(each => placeOf(document, each)) ?? ['spec'];
      return [
        onKey(
          nearest,
          `${what} of ${idOf(primary)} are missing here: ${missing.join(', ')}. After a switchover ${idOf(entry)} lacks ${missing.length === 1 ? 'it' : 'them'}.`,
          { related: [{ entry: primary, path, message: `the same in ${idOf(primary)}` }] },
        ),
      ];
    });
  },
};

const facts: { what: string; path: Path; of: (cluster: ClusterManifest) => string[] }[] = [
  {
    what: 'Preloaded libraries',
    path: ['spec', 'postgresql', 'shared_preload_libraries'],
    of: ({ spec }) => spec.postgresql?.shared_preload_libraries ?? [],
  },
  {
    what: 'Extensions',
    path: ['spec', 'postgresql', 'extensions'],
    of: ({ spec }) => (spec.postgresql?.extensions ?? []).map(({ name }) => name),
  },
  {
    what: 'Parameters of extensions',
    path: parameters,
    of: ({ spec }) => Object.keys(spec.postgresql?.parameters ?? {}).filter(name => name.includes('.')),
  },
];
