/** The picture as tables: every thing and every line in a row, for those who do not look at it. */
import type { Item, Picture } from '../topology/picture.ts';
import { isBox, isEdge, isNode, kindWords, stateWords } from '../topology/picture.ts';
import { titleOf } from './facts.ts';
import { html } from './elements.ts';

export function tablesOf(picture: Picture): HTMLElement[] {
  const names = new Map(picture.items.map(item => [item.id, titleOf(item)]));
  const things = picture.items.filter(item => isBox(item) || isNode(item));
  return [
    table('Clusters, services, instances, archives', ['Name', 'What', 'State', 'Why', 'Known from'], things, item => [
      titleOf(item),
      isBox(item) ? item.subtitle : isNode(item) ? (item.lines[0] ?? '') : '',
      stateWords[item.state],
      [item.why, ...item.differs.map(words => `manifest: ${words}`)].join('; '),
      item.evidence,
    ]),
    table('Lines', ['From', 'Kind', 'To', 'State', 'Measure', 'Known from'], picture.items.filter(isEdge), edge => [
      names.get(edge.from) ?? '',
      kindWords(edge),
      names.get(edge.to) ?? '',
      `${stateWords[edge.state]}: ${edge.why}`,
      edge.label,
      edge.evidence,
    ]),
  ];
}

function table<T extends Item>(
  caption: string,
  heads: readonly string[],
  items: readonly T[],
  cells: (item: T) => readonly string[],
): HTMLElement {
  return html('table', {}, [
    html('caption', {}, caption),
    html('thead', {}, [
      html(
        'tr',
        {},
        heads.map(head => html('th', { scope: 'col' }, head)),
      ),
    ]),
    html(
      'tbody',
      {},
      items.map(item =>
        html(
          'tr',
          {},
          cells(item).map((cell, index) => (index === 0 ? html('th', { scope: 'row' }, cell) : html('td', {}, cell))),
        ),
      ),
    ),
  ]);
}
