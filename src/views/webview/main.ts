/** The picture in the browser: shows what the host sends and tells it what was chosen. */
import type { Layout } from '../topology/layout.ts';
import { layOut } from '../topology/layout.ts';
import type { FromWebview, Subject } from '../topology/messages.ts';
import { parseToWebview } from '../topology/messages.ts';
import type { Item, Picture, PictureAlarm } from '../topology/picture.ts';
import { isBox, isEdge, labelOf, withChanges } from '../topology/picture.ts';
import type { Direction } from '../topology/walk.ts';
import { walk } from '../topology/walk.ts';
import type { Wish } from './drawing.ts';
import { createDrawing } from './drawing.ts';
import { button, html, setText } from './elements.ts';
import { asPng, asSvg } from './export.ts';
import { focusAction, showFacts } from './facts.ts';
import { tablesOf } from './table.ts';
import { createViewport } from './viewport.ts';

/** Kept while the tab is hidden, and over a reload of the window. */
type Kept = Subject & { selected?: string };

declare function acquireVsCodeApi(): {
  postMessage(message: FromWebview): void;
  getState(): Partial<Kept> | undefined;
  setState(state: Kept): void;
};

const host = acquireVsCodeApi();
const part = (id: string): HTMLElement => document.getElementById(id) ?? document.body;
const [room, stage, table, facts] = [part('room'), part('stage'), part('table'), part('facts')];
const drawing = createDrawing(choose);
const viewport = createViewport(drawing.root);
let picture: Picture | undefined;
let layout: Layout | undefined;
let layouts: { beside: Layout; below: Layout } | undefined;
let laidOut = '';
let subject: Subject | undefined;
let selected = host.getState()?.selected;

part('tools').append(
  button('Fit', viewport.fit),
  button('+', () => viewport.zoom(1.25), { 'aria-label': 'Zoom in' }),
  button('−', () => viewport.zoom(0.8), { 'aria-label': 'Zoom out' }),
  button('Table', toggleTable, { 'aria-pressed': 'false', id: 'as-table' }),
  button('Save SVG', () => void save('svg')),
  button('Save PNG', () => void save('png')),
  button('Copy Mermaid', () => host.postMessage({ type: 'copy-mermaid' })),
);

window.addEventListener('message', event => {
  const message = parseToWebview(event.data);
  if (message?.type === 'changes') {
    if (picture) show(withChanges(picture, message.changes));
  } else if (message) {
    subject = message.subject;
    if (message.type === 'picture') show(message.picture);
    else showGone(message.words);
    keep();
  }
});
new ResizeObserver(() => picture && show(picture)).observe(room);
document.addEventListener('keydown', onKey);
host.postMessage({ type: 'ready' });

function show(next: Picture): void {
  picture = next;
  setText(part('title'), next.title);
  setText(part('source'), next.source === 'written' ? 'as written' : 'as observed');
  setText(part('summary'), next.summary);
  showAlarms(next);
  showProgress(next);
  showOffers(next);
  layout = layoutOf(next);
  viewport.resize(layout.width, layout.height);
  drawing.update(next, layout);
  drawing.select(selected);
  if (stage.firstElementChild !== drawing.root) stage.replaceChildren(drawing.root);
  if (!table.hidden) table.replaceChildren(...tablesOf(next));
  if (selected !== undefined) showSelected();
}

/** Places depend on who is there and on how long labels are: most changes move nothing. */
function layoutOf({ items }: Picture): Layout {
  const text = JSON.stringify(
    items.map(item =>
      isEdge(item) ? [item.id, item.from, item.to, Math.ceil(labelOf(item).length / 4)] : [item.id, item.place],
    ),
  );
  if (!layouts || text !== laidOut) layouts = { beside: layOut(items, 2), below: layOut(items, 1) };
  laidOut = text;
  // Of the room for drawing and facts: facts that are opened move nothing.
  const { clientWidth, clientHeight } = room;
  const scale = ({ width, height }: Layout): number => Math.min(clientWidth / width, clientHeight / height);
  const { beside, below } = layouts;
  // Members face each other, unless letters become much larger when they stand one below the other.
  const isTall = scale(below) > scale(beside) * 1.25;
  room.classList.toggle('tall', isTall);
  return isTall ? below : beside;
}

function showAlarms({ alarms }: Picture): void {
  fill(
    part('alarms'),
    alarms.map(alarm => JSON.stringify(alarm)),
    text => {
      const { severity, title, sentence } = JSON.parse(text) as PictureAlarm;
      return html('li', {}, [html('span', { class: 'severity' }, `${severity}: ${title}. `), new Text(sentence)]);
    },
  );
}

function showProgress({ progress }: Picture): void {
  const signs = { done: '✓', now: '▶', next: '·', stuck: '✕' };
  fill(part('progress'), progress ? [JSON.stringify(progress)] : [], () =>
    html('div', {}, [
      html('strong', {}, progress?.title ?? ''),
      html(
        'ol',
        {},
        (progress?.steps ?? []).map(({ title, state }) =>
          html('li', { class: state, ...(state === 'now' && { 'aria-current': 'step' }) }, `${signs[state]} ${title}`),
        ),
      ),
      html('div', {}, progress?.evidence ?? ''),
    ]),
  );
}

/** What somebody comes for at three in the morning is a button without any search. */
const prominent: Readonly<Record<string, (name: string) => string>> = {
  'cnpg.promoteReplicaCluster': name => `Promote ${name}…`,
  'cnpg.promoteWithToken': name => `Promote ${name} with a Saved Token…`,
  'cnpg.withdrawPromotion': name => `Withdraw Promotion of ${name}…`,
  'cnpg.failOverToReplicaCluster': name => `Fail Over to ${name}…`,
};

function showOffers({ items, source, progress }: Picture): void {
  // While roles change, nobody is to begin another change by the way: what is stuck can be withdrawn.
  const stuck = progress?.steps.some(({ state }) => state === 'stuck') === true;
  const fits = (command: string): boolean => !progress || (stuck && command === 'cnpg.withdrawPromotion');
  const offers = items.filter(isBox).flatMap(box =>
    box.actions.flatMap(({ command }) => {
      const words = fits(command) ? prominent[command]?.(box.target?.label ?? '') : undefined;
      return words === undefined ? [] : [JSON.stringify([box.id, command, words])];
    }),
  );
  if (source === 'written') offers.unshift(JSON.stringify([]));
  fill(part('offers'), offers, text => {
    const [item = '', command = '', words = ''] = JSON.parse(text) as string[];
    if (command === '') return button('Connect…', () => host.postMessage({ type: 'connect' }));
    return button(words, () => host.postMessage({ type: 'run', item, command }));
  });
}

/** Makes the children anew only when their texts are others. */
function fill(parent: HTMLElement, texts: readonly string[], make: (text: string) => HTMLElement): void {
  const key = JSON.stringify(texts);
  if (parent.dataset['shown'] === key) return;
  parent.dataset['shown'] = key;
  parent.replaceChildren(...texts.map(make));
}

function showGone(words: string): void {
  picture = undefined;
  close();
  setText(part('summary'), words);
  for (const id of ['alarms', 'progress', 'offers']) fill(part(id), [], () => html('li'));
  stage.replaceChildren(
    html('div', { class: 'gone' }, [
      html('p', {}, words),
      button('Connect…', () => host.postMessage({ type: 'connect' })),
    ]),
  );
}

const itemOf = (id: string | undefined): Item | undefined => picture?.items.find(item => item.id === id);

function keep(): void {
  if (subject) host.setState({ ...subject, ...(selected !== undefined && { selected }) });
}

function choose(id: string, wish: Wish): void {
  // Facts that open would move the drawing below the menu.
  if (wish === 'menu' && facts.hidden) return drawing.groupOf(id)?.focus({ preventScroll: true });
  selected = id;
  keep();
  drawing.select(id);
  drawing.groupOf(id)?.focus({ preventScroll: true });
  showSelected();
  if (wish === 'actions') focusAction(facts);
}

function showSelected(): void {
  const item = itemOf(selected);
  if (!item) return close();
  const text = JSON.stringify(item);
  if (!facts.hidden && facts.dataset['shown'] === text) return;
  facts.dataset['shown'] = text;
  showFacts(facts, item, command => host.postMessage({ type: 'run', item: item.id, command }), close);
}

function close(): void {
  const id = selected;
  selected = undefined;
  keep();
  facts.hidden = true;
  drawing.select(undefined);
  if (id !== undefined) drawing.groupOf(id)?.focus({ preventScroll: true });
}

const arrows: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const id = (document.activeElement as HTMLElement | null)?.dataset['id'];
  const direction = arrows[event.key];
  const zooms: Record<string, () => void> = {
    '+': () => viewport.zoom(1.25),
    '-': () => viewport.zoom(0.8),
    '0': viewport.fit,
  };
  if (event.key === 'Escape') close();
  else if (direction && id !== undefined && picture && layout) {
    const next = walk(id, direction, picture.items, layout);
    if (next !== undefined) {
      choose(next, 'facts');
      const place = layout.places.get(next);
      if (place) viewport.reveal(place);
    }
  } else if ((event.key === 'Enter' || event.key === ' ') && id !== undefined) choose(id, 'actions');
  else if (zooms[event.key] && document.activeElement?.tagName !== 'BUTTON') zooms[event.key]?.();
  else return;
  event.preventDefault();
}

function toggleTable(): void {
  table.hidden = !table.hidden;
  stage.hidden = !table.hidden;
  part('as-table').setAttribute('aria-pressed', String(!table.hidden));
  if (picture) show(picture);
}

async function save(format: 'svg' | 'png'): Promise<void> {
  if (!picture || !layout) return;
  const text = asSvg(drawing.root, picture, layout, new Date());
  host.postMessage({ type: 'save', format, data: format === 'svg' ? text : await asPng(text, layout) });
}
