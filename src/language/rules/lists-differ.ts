import { appendItem, fix, itemLines } from '../edits.ts';
import type { Fix } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import type { Side } from '../sides.ts';
import { idOf, members } from '../sides.ts';
import type { Finding, PlacedEntry, Rule } from './rule.ts';
import { entriesOf, entryNames, externalClusters, onKey } from './rule.ts';

export const listsDiffer: Rule = {
  code: 'RC307',
  severity: 'warning',
  check({ document, cluster, entry, workspace }) {
    if (!cluster.spec.externalClusters || !cluster.spec.replica) return [];
    const all = members(workspace, entry);
    const known = new Set(all.map(idOf));
    const listed = new Set(entryNames(cluster));
    const findings: Finding[] = [];
    for (const other of all) {
      const missing = entriesOf(other.cluster).filter(({ entry: { name } }) => known.has(name) && !listed.has(name));
      if (missing.length === 0) continue;
      for (const { entry: its } of missing) listed.add(its.name);
      findings.push(
        onKey(
          externalClusters,
          `${idOf(other)} lists ${inWords(missing)} and ${idOf(entry)} does not: the lists of all members should be the same, so that any of them can change roles.`,
          {
            fixes: missing.length > most ? [] : copying(document, other, missing),
            related: missing.slice(0, most).map(({ entry: { name }, path }) => ({
              entry: other,
              path: [...path, 'name'],
              message: `the entry of ${idOf(other)} for ${name}`,
            })),
          },
        ),
      );
    }
    return findings;
  },
};

/** Entries that are named and copied: a hub may have hundreds. */
const most = 10;

function inWords(entries: readonly PlacedEntry[]): string {
  const names = entries.slice(0, most).map(({ entry: { name } }) => `"${name}"`);
  const more = entries.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

function copying(document: ManifestDocument, other: Side, entries: readonly PlacedEntry[]): Fix[] {
  const lines = entries.map(({ path }) => itemLines(other.document, path));
  const noun = entries.length === 1 ? 'the entry' : 'the entries';
  return fix(
    `Copy ${noun} ${inWords(entries)} of ${idOf(other)}`,
    ...lines.map(each => each && appendItem(document, externalClusters, each)),
  );
}
