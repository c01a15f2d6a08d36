/**
 * The picture of a topology as plain data: what is shown and in which state, not where (`layout.ts`) nor how (`webview/`). Names
 * from outside are text.
 */
import type { Address } from '../../model/kubernetes.ts';
import type { ObjectReference } from '../../model/object-reference.ts';

/**
 * - `idle`: a second way that is not used while the first one works;
 * - `unknown`: it cannot be read, or not any more;
 * - `declared`: a manifest says so, and nobody has looked.
 */
export type State = 'up' | 'idle' | 'warn' | 'broken' | 'unknown' | 'declared';

/** Said in words as well, so that colour is never the only sign. */
export const stateWords: Record<State, string> = {
  up: 'works',
  idle: 'stands by',
  warn: 'needs a look',
  broken: 'broken',
  unknown: 'unknown',
  declared: 'as written',
};

export type Fact = readonly [name: string, value: string];

/** A command of this extension, run on the {@link Target} of the item. */
export interface Action {
  command: string;
  title: string;
}

/** The parts of a tree node that commands look at. */
export interface Target {
  label: string;
  address: Address;
  object?: ObjectReference;
  archive?: 'own' | 'source';
}

interface Shown {
  /** Unique in the picture and the same as long as it is the same thing. */
  id: string;
  state: State;
  /** Why it is in this state, in a few words. */
  why: string;
  facts: Fact[];
  /** Where the facts come from, and from when. */
  evidence: string;
  /** What its manifest says otherwise. */
  differs: string[];
  target?: Target;
  actions: Action[];
  /** `contextValue` of the row in the tree that stands for the same: its menu is this one's too. Absent: it has none. */
  row?: string;
}

export interface Box extends Shown {
  kind: 'box';
  title: string;
  subtitle: string;
  /** Among the boxes. Roles do not move boxes. */
  place: number;
}

export interface Node extends Shown {
  kind: 'service' | 'instance' | 'archive';
  /** Id of its box. */
  box: string;
  /** The first is the role, the others name and state. */
  lines: string[];
  /** Of instances: distance from the (designated) primary, which is 0. */
  place: number;
  /** It is the primary of the topology. */
  crowned: boolean;
}

/** `way-back`: how a primary cluster would follow another member after a demotion. */
export type EdgeKind = 'serves' | 'streaming' | 'cross-streaming' | 'archive_command' | 'restore_command' | 'way-back';

/** For people. */
export const kindWords = ({ kind }: Pick<Edge, 'kind'>): string =>
  kind.replace('cross-', '').replace('way-back', 'way back');

export interface Edge extends Shown {
  kind: EdgeKind;
  /** Ids of nodes, in the direction in which WAL flows. */
  from: string;
  to: string;
  label: string;
  /** One sentence: who does what for whom. */
  words: string;
}

export type Item = Box | Node | Edge;

export const isBox = (item: Item): item is Box => item.kind === 'box';
export const isNode = (item: Item): item is Node =>
  item.kind === 'service' || item.kind === 'instance' || item.kind === 'archive';
export const isEdge = (item: Item): item is Edge => !isBox(item) && !isNode(item);

/** Before what is not as it should be. */
export const marks: Record<State, string> = { up: '', idle: '', warn: '! ', broken: '✕ ', unknown: '? ', declared: '' };

/** What stands at a line. */
export const labelOf = ({ label, state, differs }: Edge): string =>
  label === '' ? '' : `${marks[state]}${label}${differs.length > 0 ? ' ≠ manifest' : ''}`;

export interface PictureAlarm {
  severity: 'error' | 'warning' | 'notice';
  title: string;
  sentence: string;
}

/** Of a promotion under way. */
export interface Progress {
  title: string;
  steps: { title: string; state: 'done' | 'now' | 'next' | 'stuck' }[];
  evidence: string;
}

export interface Picture {
  title: string;
  /** As written: by manifests alone. */
  source: 'written' | 'observed';
  /** The state in a sentence, to be spoken when it changes. */
  summary: string;
  alarms: PictureAlarm[];
  progress?: Progress;
  items: Item[];
}

/** What changed between two pictures, for the eye not to see more change than that. */
export interface Changes {
  /** All but the items; absent: the same. */
  head?: Omit<Picture, 'items'>;
  items: Item[];
  gone: string[];
}

export function changesBetween(before: Picture, after: Picture): Changes | undefined {
  const texts = new Map(before.items.map(item => [item.id, JSON.stringify(item)]));
  const items = after.items.filter(item => texts.get(item.id) !== JSON.stringify(item));
  const left = new Set(after.items.map(({ id }) => id));
  const gone = [...texts.keys()].filter(id => !left.has(id));
  const head = headOf(after);
  const same = JSON.stringify(headOf(before)) === JSON.stringify(head);
  return same && items.length === 0 && gone.length === 0 ? undefined : { ...(same ? {} : { head }), items, gone };
}

export function withChanges(before: Picture, { head, items, gone }: Changes): Picture {
  const after = new Map(before.items.map(item => [item.id, item]));
  for (const id of gone) after.delete(id);
  for (const item of items) after.set(item.id, item);
  return { ...(head ?? headOf(before)), items: [...after.values()] };
}

function headOf(picture: Picture): Omit<Picture, 'items'> {
  const { items: _, ...head } = picture;
  return head;
}
