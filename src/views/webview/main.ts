/** The picture in the browser: draws what the host sends and tells it what was clicked. Texts are set as text, never as HTML. */
import type { FromWebview, ToWebview } from '../topology/messages.ts';
import type { Picture, PictureBox, PictureEdge, PictureNode } from '../topology/picture.ts';

declare function acquireVsCodeApi(): { postMessage(message: FromWebview): void };

const host = acquireVsCodeApi();
const main = document.getElementById('picture') ?? document.body;

window.addEventListener('message', event => {
  const message = event.data as ToWebview;
  if (message.type === 'picture') draw(message.picture);
  else main.replaceChildren(element('p', {}, message.words));
});
host.postMessage({ type: 'ready' });

function draw(picture: Picture): void {
  const focused = document.activeElement?.id;
  const drawing = svg(
    'svg',
    { viewBox: `0 0 ${picture.width} ${picture.height}`, role: 'group', 'aria-label': `Topology ${picture.title}` },
    [
      arrowHead(),
      ...picture.boxes.map(drawBox),
      ...picture.edges.map(drawEdge),
      ...picture.nodes.map(drawNode),
      ...picture.edges.map(drawLabel),
    ],
  );
  main.replaceChildren(drawing, textAlternative(picture));
  if (focused) document.getElementById(focused)?.focus();
}

const arrowHead = (): SVGElement =>
  svg('defs', {}, [
    svg(
      'marker',
      {
        id: 'arrow',
        viewBox: '0 0 10 10',
        refX: '9',
        refY: '5',
        markerWidth: '7',
        markerHeight: '7',
        orient: 'auto-start-reverse',
      },
      [svg('path', { d: 'M0 0 L10 5 L0 10 L2 5 Z', fill: 'context-stroke', class: 'head' })],
    ),
  ]);

function drawBox(box: PictureBox): SVGElement {
  const middle = box.x + box.width / 2;
  const parts = [
    svg('rect', { class: 'shape', x: box.x, y: box.y, width: box.width, height: box.height, rx: 12 }),
    text(box.title, middle, box.y - 32, 'title'),
    text(box.subtitle, middle, box.y - 12, 'small'),
  ];
  const { promote, failOver } = box;
  if (promote) parts.push(boxButton(box, 0, 'Promote', () => host.postMessage({ type: 'promote', address: promote })));
  if (failOver)
    parts.push(boxButton(box, 1, 'Fail Over', () => host.postMessage({ type: 'fail-over', address: failOver })));
  return svg('g', { class: `box state-${box.state}` }, parts);
}

/** @param place from the right edge of the box */
function boxButton(box: PictureBox, place: number, words: string, run: () => void): SVGElement {
  const [width, height] = [104, 28];
  const x = box.x + box.width - (width + 12) * (place + 1);
  const y = box.y + box.height - height - 12;
  const button = svg('g', { class: 'promote', id: `${words} ${box.id}` }, [
    svg('rect', { x, y, width, height, rx: 4 }),
    text(`${words}…`, x + width / 2, y + 19, ''),
  ]);
  return asButton(button, `${words}: ${box.title}`, run);
}

function drawNode(node: PictureNode): SVGElement {
  const [x, y] = [node.x + node.width / 2, node.y + node.height / 2];
  const shape =
    node.kind === 'archive'
      ? svg('ellipse', { class: 'shape', cx: x, cy: y, rx: node.width / 2, ry: node.height / 2 })
      : svg('rect', { class: 'shape', x: node.x, y: node.y, width: node.width, height: node.height, rx: 12 });
  const top = y - (node.lines.length - 1) * 10 + 5;
  const lines = node.lines.map((line, index) =>
    text(shorten(line, node.width), x, top + index * 20, index === 0 ? 'role' : 'small'),
  );
  const group = svg('g', { class: `${node.kind} state-${node.state}`, id: node.id }, [
    svg('title', {}, [], `${node.lines.join(', ')}. State: ${node.state}`),
    shape,
    ...lines,
  ]);
  const { action } = node;
  if (!action) return group;
  return asButton(group, `${node.lines.join(', ')}. Open the listing`, () =>
    host.postMessage({ type: 'open-archive', address: action.address, archive: action.archive }),
  );
}

const drawEdge = (edge: PictureEdge): SVGElement =>
  svg('g', { class: `edge ${edge.kind} state-${edge.state}` }, [
    svg('title', {}, [], edge.words),
    svg('path', { class: 'line', d: edge.path, 'marker-end': 'url(#arrow)' }),
  ]);

const drawLabel = (edge: PictureEdge): SVGElement => {
  const state = edge.state === 'broken' ? ' (broken)' : edge.state === 'warn' ? ' (not streaming)' : '';
  return text(edge.label && edge.label + state, edge.labelX, edge.labelY, 'label');
};

/** The same facts as sentences, for screen readers. */
function textAlternative(picture: Picture): HTMLElement {
  const list = element('ul', { class: 'visually-hidden' });
  const sentences = [
    ...picture.boxes.map(box => `${box.title}: ${box.subtitle}.`),
    ...picture.nodes.map(node => `${node.lines.join(', ')}. State: ${node.state}.`),
    ...picture.edges.map(edge => edge.words),
  ];
  list.append(...sentences.map(sentence => element('li', {}, sentence)));
  return list;
}

function asButton(group: SVGElement, label: string, run: () => void): SVGElement {
  group.setAttribute('role', 'button');
  group.setAttribute('tabindex', '0');
  group.setAttribute('aria-label', label);
  group.addEventListener('click', run);
  group.addEventListener('keydown', event => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    run();
  });
  return group;
}

/** About 7 units a character at these font sizes. */
const shorten = (line: string, width: number): string => {
  const room = Math.floor((width - 16) / 6.6);
  return line.length <= room ? line : `${line.slice(0, room - 1)}…`;
};

const text = (content: string, x: number, y: number, className: string): SVGElement =>
  svg('text', { x, y, class: className }, [], content);

function svg(
  name: string,
  attributes: Record<string, string | number>,
  children: SVGElement[] = [],
  content?: string,
): SVGElement {
  const created = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, String(value));
  if (content !== undefined) created.textContent = content;
  created.append(...children);
  return created;
}

function element(name: string, attributes: Record<string, string>, content = ''): HTMLElement {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  created.textContent = content;
  return created;
}
