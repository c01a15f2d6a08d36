import type { TooltipLine } from './node.ts';
import { escapeMarkdown } from './text.ts';

/** Markdown of a tooltip: lines as lines, runs of pairs as tables. Everything in it is escaped. */
export function tooltipMarkdown(lines: readonly TooltipLine[]): string {
  let text = '';
  let inTable = false;
  for (const line of lines) {
    if (typeof line === 'string') {
      text += `${inTable ? '\n' : ''}${escapeMarkdown(line)}\n\n`;
      inTable = false;
    } else {
      if (!inTable) text += '| | |\n|:--|:--|\n';
      text += `| ${escapeMarkdown(line[0])} | ${escapeMarkdown(line[1])} |\n`;
      inTable = true;
    }
  }
  return text;
}
