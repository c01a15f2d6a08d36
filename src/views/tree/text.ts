/** Text from outside, made fit to be shown: names of contexts, messages of webhooks and of PostgreSQL can hold anything. */

const escape = String.fromCharCode(0x1b);
/** Escape sequences of terminals: CSI (colours, cursor) and OSC (links, titles). */
const ansi = new RegExp(`${escape}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${escape}\\p{Cc}]*|[@-_])`, 'gu');
/** Controls, and marks that turn the direction of text or cannot be seen. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** One line of at most `limit` UTF-16 units without anything that changes how the rest is shown. */
export function plain(text: string, limit = 300): string {
  // A text of megabytes is cut before it is searched.
  const line = text
    .slice(0, limit * 4)
    .replace(ansi, '')
    .replace(invisible, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The text as Markdown that reads as just that text: no link, no table, no emphasis, no HTML comes of it. */
export const escapeMarkdown = (text: string): string => plain(text, 1000).replace(/[!-/:-@[-`{-~]/g, '\\$&');
