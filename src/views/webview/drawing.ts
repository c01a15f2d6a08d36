/** The picture as SVG. A group per item stays as long as the item does; only groups whose item changed are filled anew. */
import type { Point } from '../topology/curves.ts';
import type { Layout, Rectangle, Route } from '../topology/layout.ts';
import { roomFor } from '../topology/layout.ts';
import type { Box, Edge, Item, Node, Picture, State } from '../topology/picture.ts';
import { isBox, isEdge, isNode, labelOf, marks, stateWords } from '../topology/picture.ts';
import { fill, set, setText, svg } from './elements.ts';

export interface Drawing {
  root: SVGElement;
  update(picture: Picture, layout: Layout): void;
  select(id: string | undefined): void;
  groupOf(id: string): SVGElement | undefined;
}

/** What somebody wants of a thing: to see its facts, to be at its actions, or its menu, which VS Code shows. */
export type Wish = 'facts' | 'actions' | 'menu';

export function createDrawing(chosen: (id: string, wish: Wish) => void): Drawing {
  const layers = {
    boxes: svg('g'),
    edges: svg('g'),
    nodes: svg('g'),
    labels: svg('g', { 'aria-hidden': 'true' }),
    crowns: svg('g', { 'aria-hidden': 'true' }),
  };
  const root = svg('svg', { class: 'drawing', role: 'group' }, [arrowHeads(), ...Object.values(layers)]);
  const groups = new Map<string, SVGElement>();
  const labels = new Map<string, SVGElement>();
  const painted = new Map<string, { item: Item; place: Rectangle | undefined; route: Route | undefined }>();
  const crowns: SVGElement[] = [];
  let selected: string | undefined;

  root.addEventListener('click', event => choose(event, 'facts'));
  root.addEventListener('contextmenu', event => {
    // VS Code shows the menu of a thing that has one; of others the actions are beside their facts.
    const hasMenu = (event.target as Element).closest('[data-vscode-context]') !== null;
    if (!hasMenu) event.preventDefault();
    choose(event, hasMenu ? 'menu' : 'actions');
  });
  function choose(event: Event, wish: Wish): void {
    const group = (event.target as Element).closest<SVGElement>('.item');
    const id = group?.dataset['id'];
    if (id !== undefined) chosen(id, wish);
  }

  function groupFor(item: Item): SVGElement {
    const known = groups.get(item.id);
    if (known) return known;
    const created = svg('g', { role: 'button', tabindex: '-1' });
    created.dataset['id'] = item.id;
    groups.set(item.id, created);
    layers[isBox(item) ? 'boxes' : isEdge(item) ? 'edges' : 'nodes'].append(created);
    return created;
  }

  function paint(item: Item, layout: Layout): void {
    const place = layout.places.get(item.id);
    const route = layout.routes.get(item.id);
    // What did not change is the same object as before.
    const before = painted.get(item.id);
    if (before?.item === item && before.place === place && before.route === route) return;
    painted.set(item.id, { item, place, route });
    const group = groupFor(item);
    set(group, {
      class: `item ${isEdge(item) ? 'edge ' : ''}${item.kind} state-${item.state}`,
    });
    if (item.row === undefined) group.removeAttribute('data-vscode-context');
    else set(group, { 'data-vscode-context': menuOf(item.id, item.row) });
    group.classList.toggle('selected', item.id === selected);
    if (isEdge(item)) {
      if (!route) return;
      fill(group, edgeParts(item, route));
      paintLabel(item, route);
    } else if (place) {
      set(group, { transform: `translate(${place.x} ${place.y})` });
      fill(group, isBox(item) ? boxParts(item, place) : nodeParts(item, place));
    }
  }

  function paintLabel(edge: Edge, { label: { x, y }, anchor }: Route): void {
    const words = labelOf(edge);
    const label = labels.get(edge.id) ?? svg('text');
    if (!labels.has(edge.id)) {
      labels.set(edge.id, label);
      layers.labels.append(label);
    }
    const aside = { start: -0.5, middle: 0, end: 0.5 }[anchor] * roomFor(words);
    set(label, { x: x + aside, y: y + 4, class: `label state-${edge.state} ${anchor}` });
    setText(label, words);
  }

  /** A crown stays the same element: when its place changes, it is seen to move. */
  function paintCrowns(picture: Picture, { places }: Layout): void {
    const wearers = picture.items.filter(isNode).filter(({ crowned }) => crowned);
    while (crowns.length > wearers.length) crowns.pop()?.remove();
    for (const [index, { id }] of wearers.entries()) {
      const place = places.get(id);
      if (!place) continue;
      const crown =
        crowns[index] ?? svg('path', { class: 'crown', d: 'M0 12 L-12 12 L-15 -3 L-7 4 L0 -7 L7 4 L15 -3 L12 12 Z' });
      if (!crowns[index]) {
        crowns.push(crown);
        layers.crowns.append(crown);
      }
      set(crown, { transform: `translate(${place.x + place.width - 24} ${place.y - 5})` });
    }
  }

  return {
    root,
    groupOf: id => groups.get(id),
    update(picture, layout) {
      set(root, { 'aria-label': `Topology ${picture.title}. Arrow keys go along the lines.` });
      const left = new Set(picture.items.map(({ id }) => id));
      for (const [id, group] of groups)
        if (!left.has(id)) {
          group.remove();
          labels.get(id)?.remove();
          for (const map of [groups, labels, painted]) map.delete(id);
        }
      for (const item of picture.items) paint(item, layout);
      paintCrowns(picture, layout);
      if (![...groups.values()].some(group => group.getAttribute('tabindex') === '0')) {
        const first = picture.items.find(isNode) ?? picture.items[0];
        if (first) groups.get(first.id)?.setAttribute('tabindex', '0');
      }
    },
    select(id) {
      if (selected !== undefined) groups.get(selected)?.classList.remove('selected');
      selected = id;
      const group = id === undefined ? undefined : groups.get(id);
      if (!group) return;
      group.classList.add('selected');
      for (const other of groups.values()) set(other, { tabindex: other === group ? '0' : '-1' });
    },
  };
}

/** Decides which commands VS Code has in the menu (`when` in package.json), and is what these are told. */
const menuOf = (id: string, row: string): string =>
  JSON.stringify({ cnpgItem: id, cnpgRow: row, preventDefaultContextMenuItems: true });

/** What a screen reader says, and a tooltip. */
export function spoken(item: Item): string {
  const differs = item.differs.length > 0 ? ` Its manifest differs: ${item.differs.join('; ')}.` : '';
  if (isEdge(item)) return `${item.words}${item.label === '' ? '' : ` ${item.label}.`}${differs}`;
  const name = isBox(item) ? `${item.title}, ${item.subtitle}` : item.lines.join(', ');
  return `${name}. ${stateWords[item.state]}: ${item.why}.${differs}`;
}

function arrowHeads(): SVGElement {
  const head = svg('path', { d: 'M1 1 L9 5 L1 9', class: 'mark' });
  const shape = { viewBox: '0 0 10 10', refX: '9', refY: '5', orient: 'auto', markerUnits: 'userSpaceOnUse' };
  return svg('defs', {}, [svg('marker', { id: 'arrow', markerWidth: '13', markerHeight: '13', ...shape }, [head])]);
}

/** The title of its group says it in whole. */
const text = (content: string, x: number, y: number, className: string): SVGElement =>
  svg('text', { x, y, class: className, 'aria-hidden': 'true' }, [], content);

function boxParts(box: Box, { width, height }: Rectangle): SVGElement[] {
  const middle = width / 2;
  return [
    svg('title', {}, [], spoken(box)),
    svg('rect', { class: 'ring', x: -5, y: -5, width: width + 10, height: height + 10, rx: 16 }),
    svg('rect', { class: 'shape', width, height, rx: 12 }),
    // Between the dots of the border nothing would take a click.
    svg('rect', { class: 'hit', y: -48, width, height: 40, 'pointer-events': 'all' }),
    text(shorten(box.title, width, 11.5), middle, -31, 'title'),
    text(shorten(`${marks[box.state]}${box.subtitle}`, width, letter), middle, -10, 'small'),
    ...(box.differs.length > 0
      ? [text(shorten(differing(box.differs, width), width, letter), middle, 17, 'small differs')]
      : []),
  ];
}

/** All of it, or how much there is: the facts beside the picture have each whole. */
function differing(differs: readonly string[], width: number): string {
  const whole = `≠ manifest: ${differs.join('; ')}`;
  if (shorten(whole, width, letter) === whole) return whole;
  return `≠ manifest in ${differs.length === 1 ? 'one place' : `${differs.length} places`}`;
}

function nodeParts(node: Node, { width, height }: Rectangle): SVGElement[] {
  const [x, y] = [width / 2, height / 2];
  const shape =
    node.kind === 'archive'
      ? (className: string, more: number) =>
          svg('ellipse', { class: className, cx: x, cy: y, rx: x + more, ry: y + more })
      : (className: string, more: number) =>
          svg('rect', {
            class: className,
            x: -more,
            y: -more,
            width: width + 2 * more,
            height: height + 2 * more,
            rx: 12,
          });
  const room = node.kind === 'archive' ? width * 0.92 : width;
  const role = linesOf(node.lines[0] ?? '', room);
  const others = [...node.lines.slice(1), ...(node.differs.length > 0 ? ['≠ manifest'] : [])];
  const step = 18;
  const top = y - ((role.length + others.length - 1) * step) / 2 + 5;
  return [
    svg('title', {}, [], spoken(node)),
    shape('ring', 4),
    shape('shape', 0),
    ...role.map((line, index) => text(line, x, top + index * step, 'role')),
    ...others.map((line, index) => text(shorten(line, room, letter), x, top + (role.length + index) * step, 'small')),
    ...badge(node.state, node.kind === 'archive' ? { x: width * 0.15, y: height * 0.16 } : { x: 6, y: 4 }),
  ];
}

function badge(state: State, { x, y }: Point): SVGElement[] {
  const sign = marks[state].trim();
  return sign === ''
    ? []
    : [
        svg('g', { class: `badge state-${state}`, transform: `translate(${x} ${y})` }, [
          svg('circle', { r: 10 }),
          text(sign, 0, 4, ''),
        ]),
      ];
}

function edgeParts(edge: Edge, { path }: Route): SVGElement[] {
  return [
    svg('title', {}, [], spoken(edge)),
    svg('path', { class: 'hit', d: path, 'pointer-events': 'stroke' }),
    svg('path', { class: 'line', d: path, 'marker-end': 'url(#arrow)' }),
  ];
}

/** Units that a letter of the smaller size is wide, roughly; and of a role, which is larger and bold. */
const letter = 7.2;
const roleLetter = 9.4;

/** "designated primary" stands on two lines where it must. */
const linesOf = (role: string, width: number): string[] =>
  role.length * roleLetter > width - 14 ? role.split(' ').slice(0, 2) : [role];

/** The end of a name tells it from others like it: what is cut out is in the middle. */
function shorten(line: string, width: number, size: number): string {
  const room = Math.floor((width - 14) / size);
  if (line.length <= room) return line;
  const end = Math.floor(room * 0.45);
  return `${line.slice(0, room - 1 - end)}…${line.slice(line.length - end)}`;
}
