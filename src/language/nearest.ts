/** The name that was probably meant. */

/** @returns the candidate with the fewest changes, when they are few for a word of that length */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const ranked = candidates
    .map(candidate => ({ candidate, changes: changes(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ changes }) => changes <= limit)
    .sort((a, b) => a.changes - b.changes);
  return ranked[0]?.candidate;
}

/** Levenshtein distance: letters to insert, delete or replace. */
function changes(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
