/** What is known of the selected item, where from, and what can be done with it. */
import type { Item } from '../topology/picture.ts';
import { isBox, isEdge, kindWords, stateWords } from '../topology/picture.ts';
import { button, html } from './elements.ts';

export const titleOf = (item: Item): string =>
  isBox(item) ? item.title : isEdge(item) ? kindWords(item) : (item.lines[1] ?? item.kind);

/** Fills the panel; it keeps the button that has the focus. */
export function showFacts(panel: HTMLElement, item: Item, run: (command: string) => void, close: () => void): void {
  const focused = (document.activeElement as HTMLElement | null)?.dataset['command'];
  panel.hidden = false;
  panel.replaceChildren(
    html('h2', {}, titleOf(item)),
    html('p', {}, isEdge(item) ? item.words : `${stateWords[item.state]}: ${item.why}`),
    ...item.differs.map(words => html('p', {}, `≠ manifest: ${words}`)),
    html('div', { class: 'actions' }, [
      ...item.actions.map(({ command, title }) =>
        button(title, () => run(command), { 'data-command': command, 'aria-label': `${title} ${titleOf(item)}` }),
      ),
      button('Close', close, { 'data-command': 'close' }),
    ]),
    html(
      'dl',
      {},
      item.facts.map(([name, value]) => html('div', {}, [html('dt', {}, name), html('dd', {}, value)])),
    ),
    html('p', {}, `Known from: ${item.evidence}`),
  );
  if (focused !== undefined) focusAction(panel, focused);
}

export function focusAction(panel: HTMLElement, command?: string): void {
  const all = [...panel.querySelectorAll<HTMLElement>('[data-command]')];
  (all.find(each => each.dataset['command'] === command) ?? all[0])?.focus();
}
