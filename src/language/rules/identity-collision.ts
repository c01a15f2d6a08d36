import { addKey, fix, plainText, setValue } from '../edits.ts';
import type { Path } from '../manifest.ts';
import { placeOf } from '../manifest.ts';
import type { Side } from '../sides.ts';
import { idOf, isSameObject, isSide } from '../sides.ts';
import type { Rule } from './rule.ts';
import { entryNames, isDistributed, onValue, replica } from './rule.ts';

export const identityCollision: Rule = {
  code: 'RC311',
  severity: 'error',
  check({ document, cluster, entry, workspace }) {
    if (!isDistributed(cluster) || entryNames(cluster).some(name => name !== idOf(entry) && isKnown(name))) return [];
    const other = workspace
      .called(idOf(entry))
      .filter(isSide)
      .find(each => each !== entry && isDistributed(each.cluster) && haveOneList(each, entry) && areTwo(each, entry));
    if (!other) return [];
    return [
      onValue(
        pathOf(entry),
        `Two Clusters call themselves "${idOf(entry)}": each needs a name of its own in replica.self, the one under which all list it.`,
        {
          fixes: entryNames(cluster)
            .filter(name => name !== idOf(entry))
            .flatMap(name =>
              fix(
                `Set self: ${name}`,
                placeOf(document, self)
                  ? setValue(document, self, plainText(name))
                  : addKey(document, replica, 'self', plainText(name)),
              ),
            ),
          related: [{ entry: other, path: pathOf(other), message: 'the other one' }],
        },
      ),
    ];

    function isKnown(name: string): boolean {
      return workspace.called(name).length > 0;
    }
  },
};

const self: Path = [...replica, 'self'];

const pathOf = ({ cluster }: Side): Path => (cluster.spec.replica?.self ? [...replica, 'self'] : ['metadata', 'name']);

const haveOneList = (a: Side, b: Side): boolean =>
  [...new Set(entryNames(a.cluster))].sort().join() === [...new Set(entryNames(b.cluster))].sort().join();

/** Not one manifest written twice: in other places, or following others. */
const areTwo = (a: Side, b: Side): boolean =>
  !isSameObject(a, b) || (a.uri !== b.uri && a.cluster.spec.replica?.source !== b.cluster.spec.replica?.source);
