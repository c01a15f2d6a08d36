/** The picture as a Mermaid flowchart: for a wiki or an incident report. */
import type { Edge, Picture } from './picture.ts';
import { isBox, isEdge, isNode, stateWords } from './picture.ts';

/** @param now the time that is written on it */
export function mermaidOf(picture: Picture, now: Date): string {
  const ids = new Map(picture.items.map(({ id }, index) => [id, `n${index}`]));
  const idOf = (id: string): string => ids.get(id) ?? 'unknown';
  const nodes = picture.items.filter(isNode);
  const drawn = (node: (typeof nodes)[number]): string => {
    const text = label([...(node.crowned ? ['♛'] : []), ...node.lines, `(${stateWords[node.state]})`].join('\n'));
    return `${idOf(node.id)}${node.kind === 'archive' ? `[("${text}")]` : `["${text}"]`}`;
  };
  return [
    `%% ${oneLine(picture.title)}, ${picture.source === 'written' ? 'as written' : 'as observed'} at ${now.toISOString().slice(0, 19)}Z`,
    `%% ${oneLine(picture.summary)}`,
    'flowchart LR',
    ...picture.items
      .filter(isBox)
      .flatMap(box => [
        `  subgraph ${idOf(box.id)}["${label(`${box.title}\n${box.subtitle}`)}"]`,
        ...nodes.filter(node => node.box === box.id && node.kind !== 'archive').map(node => `    ${drawn(node)}`),
        '  end',
      ]),
    ...nodes.filter(({ kind }) => kind === 'archive').map(node => `  ${drawn(node)}`),
    ...picture.items.filter(isEdge).map(edge => `  ${idOf(edge.from)} ${arrow(edge)} ${idOf(edge.to)}`),
    '',
  ].join('\n');
}

function arrow(edge: Edge): string {
  const line = edge.state === 'up' ? '-->' : '-.->';
  const words = [edge.label || edge.kind, ...(edge.state === 'up' ? [] : [`(${stateWords[edge.state]})`])].join(' ');
  return `${line}|"${label(words)}"|`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** Names are text, whatever is in them. */
const label = (text: string): string =>
  text
    .split('\n')
    .map(line => line.replace(/[&<>"#`|\\[\](){}\r]/g, character => `#${character.codePointAt(0)};`))
    .join('<br/>');
