/** A standalone replica becomes a member of a distributed topology: it stays a replica, and both sides can exchange roles from then on. */
import type { MaybeEdit } from '../edits.ts';
import { addKey, appendItem, plainText, renameKey, setValue } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import { addServerName } from '../rules/host-not-in-certificate.ts';
import { externalClusters, replica } from '../rules/rule.ts';
import type { Side } from '../sides.ts';
import { clusterCalled, idOf, lists } from '../sides.ts';
import { entryLines, entryOf, placeholderHost, reachOf } from './entry-lines.ts';
import type { Refactoring } from './refactoring.ts';
import { changesOf, listBelow } from './refactoring.ts';

export const standaloneToDistributed: Refactoring = {
  id: 'standalone-to-distributed',
  kind: 'refactor.rewrite',
  offer({ side: { cluster } }) {
    const { enabled, source } = cluster.spec.replica ?? {};
    return enabled === true && source ? { title: `Make it a distributed topology with ${source}` } : undefined;
  },
  change({ workspace, side }) {
    const { document, cluster, uri } = side;
    const source = cluster.spec.replica?.source ?? '';
    const id = idOf(side);
    const partner = clusterCalled(workspace, side, source);
    const path = [...replica, 'enabled'];
    const own = [
      renameKey(document, path, 'primary'),
      setValue(document, path, plainText(source)),
      ...addEntries(side, [[id, (partner && entryOf(partner, id)) ?? entryLines(reachOf(side, id))]]),
      ...nameFor(side, partner, id),
    ];
    const theirs = partner
      ? [
          ...addEntries(partner, [
            [source, entryOf(side, source)],
            [id, entryOf(side, id) ?? entryLines(reachOf(side, id))],
          ]),
          ...(partner.cluster.spec.replica
            ? []
            : [
                addKey(
                  partner.document,
                  ['spec'],
                  'replica',
                  `\n  primary: ${plainText(source)}\n  source: ${plainText(id)}`,
                ),
              ]),
        ]
      : [];
    return changesOf([
      ...own.map(edit => ({ uri, edit })),
      ...theirs.map(edit => ({ uri: partner?.uri ?? uri, edit })),
    ]);
  },
};

/** A host that is made up here has to be in the certificate, as the real one that comes in its place. */
function nameFor(side: Side, partner: Side | undefined, id: string): MaybeEdit[] {
  if (lists(side, id) || (partner && lists(partner, id))) return [];
  return [addServerName(side.document, placeholderHost(side.cluster.metadata.name))];
}

/** Adds those that are not there yet; they go to one place, in one edit. */
export function addEntries(
  side: Side,
  entries: readonly (readonly [name: string, lines: string[] | undefined])[],
): MaybeEdit[] {
  const missing = entries.filter(([name]) => !lists(side, name));
  if (missing.length === 0) return [];
  const items = missing.flatMap(([, lines]) => (lines ? [lines] : []));
  if (items.length < missing.length) return [undefined];
  const { document } = side;
  if (!placeOf(document, externalClusters)) return [addKey(document, ['spec'], 'externalClusters', listBelow(items))];
  return items.map(lines => appendItem(document, externalClusters, lines));
}
