import { parseQuantity } from '../admission/quantities.ts';
import { fix, plainText, setValue } from '../edits.ts';
import type { Path } from '../manifest.ts';
import { idOf } from '../sides.ts';
import type { ClusterManifest } from '../sound.ts';
import type { Finding, Rule } from './rule.ts';
import { onKey, onValue, primaryOf } from './rule.ts';

export const storageSmaller: Rule = {
  code: 'RC314',
  severity: 'warning',
  check(subject) {
    const { document, cluster } = subject;
    const primary = primaryOf(subject);
    if (!primary) return [];
    const name = idOf(primary);
    const theirs = sizesOf(primary.cluster);
    const smaller = sizesOf(cluster).flatMap(({ what, size, path }): Finding[] => {
      const other = theirs.find(each => each.what === what);
      const [here, there] = [parseQuantity(size), parseQuantity(other?.size ?? '')];
      if (!other || here === undefined || there === undefined || here >= there) return [];
      return [
        onValue(path, `${what} has ${size} here and ${other.size} in ${name}: the copy may not fit.`, {
          fixes: fix(`Change to ${other.size}`, setValue(document, path, plainText(other.size))),
          related: [{ entry: primary, path: other.path, message: `${what} of ${name}` }],
        }),
      ];
    });
    const [own, other] = [cluster.spec.walStorage, primary.cluster.spec.walStorage];
    if (!own === !other) return smaller;
    const message = own
      ? `WAL has a volume of its own here and none in ${name}.`
      : `WAL has a volume of its own in ${name} and none here.`;
    return [
      ...smaller,
      onKey(['spec', own ? 'walStorage' : 'storage'], message, {
        severity: 'info',
        related: [{ entry: primary, path: ['spec', own ? 'storage' : 'walStorage'], message: `volumes of ${name}` }],
      }),
    ];
  },
};

interface Size {
  what: string;
  size: string;
  path: Path;
}

const sizesOf = ({ spec: { storage, walStorage, tablespaces = [] } }: ClusterManifest): Size[] =>
  [
    { what: 'storage', size: storage?.size, path: ['spec', 'storage', 'size'] },
    { what: 'walStorage', size: walStorage?.size, path: ['spec', 'walStorage', 'size'] },
    ...tablespaces.map(({ name, storage: own }, at) => ({
      what: `tablespace ${name}`,
      size: own?.size,
      path: ['spec', 'tablespaces', at, 'storage', 'size'],
    })),
  ].flatMap(({ size, ...rest }) => (size === undefined ? [] : [{ size, ...rest }]));
