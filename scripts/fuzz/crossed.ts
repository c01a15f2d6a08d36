/** Manifests made of others: values that stand in one are put into the same place of another, or changed a little. */
import * as fc from 'fast-check';
import { isRecord } from '../../src/language/manifest.ts';

type Json = unknown;
type Steps = (string | number)[];

/** Values that some manifest has in a place, by the place without its indices. */
export type Values = Map<string, Json[]>;

const placeOf = (path: Steps): string => path.map(step => (typeof step === 'number' ? '*' : step)).join('/');

function visit(value: Json, path: Steps, found: (path: Steps, value: Json) => void): void {
  if (path.length > 0) found(path, value);
  if (typeof value !== 'object' || value === null) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [step, child] of entries) visit(child, [...path, step], found);
}

export function valuesOf(objects: readonly Json[]): Values {
  const values = new Map<string, Map<string, Json>>();
  for (const object of objects)
    visit(object, [], (path, value) => {
      const place = placeOf(path);
      const known = values.get(place) ?? new Map<string, Json>();
      values.set(place, known.set(JSON.stringify(value), value));
    });
  return new Map([...values].map(([place, known]) => [place, [...known.values()]]));
}

/** What is near to a text or a number, and may be on the other side of a bound. */
const near: ((text: string) => string)[] = [
  () => '',
  text => ` ${text}`,
  text => `${text} `,
  text => `${text}0`,
  text => `-${text}`,
  text => `+${text}`,
  text => `0${text}`,
  text => text.slice(0, -1),
  text => text.slice(1),
  text => text.toUpperCase(),
  text => text.toLowerCase(),
  text => `${text}-`,
  text => `${text}.5`,
  text => `${text}B`,
  text => `${text}kB`,
  text => `${text}ms`,
  text => `${text}d`,
  text => `${text}Gi`,
  text => `${text}%`,
  text => `${text}/x`,
  text => `${text}:16`,
  text => `${text}@sha256:0`,
  text => `${text} *`,
  text => `${text},x`,
  text => `"${text}"`,
  text => `${text}\n`,
  text => `${text}é`,
  text => text.replace(/\d+/, number => String(Number(number) + 1)),
  text => text.replace(/\d+/, number => String(Number(number) - 1)),
  text => text.replace(/\d+/, '2147483648'),
  text => text.replace(/[a-z]/, '*'),
  text => text.replace(/\W/, ''),
  text => text.replace(/\w/, '_'),
];

/** Another object; what stood there before is not touched. */
function change(object: Json, [step, ...rest]: Steps, by: (old: Json) => Json): Json {
  if (step === undefined) return by(object);
  if (Array.isArray(object)) {
    const items = [...(object as Json[])];
    const changed = change(items[Number(step)], rest, by);
    if (changed === undefined) items.splice(Number(step), 1);
    else items[Number(step)] = changed;
    return items;
  }
  const entries = object as Record<string, Json>;
  const changed = change(entries[step], rest, by);
  if (changed !== undefined) return { ...entries, [step]: changed };
  const { [step]: _, ...others } = entries;
  return others;
}

/** One change: the choices say where and what. */
function crossed(object: Json, values: Values, [where, how, what]: readonly number[]): Json {
  const present: { path: Steps; value: Json }[] = [];
  visit(object, [], (path, value) => path[0] !== 'apiVersion' && path[0] !== 'kind' && present.push({ path, value }));
  const pick = <T>(from: readonly T[], choice = 0): T | undefined => from[choice % from.length];
  const at = pick(present, where);
  if (!at) return object;
  const { path, value } = at;
  const kind = (how ?? 0) % 10;
  if (kind === 0) return change(object, path, () => undefined);
  if (kind === 1 && Array.isArray(value))
    return change(object, path, () => [...(value as Json[]), pick(value as Json[], what)]);
  if (kind === 2 && typeof value === 'number')
    return change(object, path, () => pick([value + 1, value - 1, 0, -value, value * 2, value * 1000], what));
  if (kind <= 3 && typeof value === 'string') return change(object, path, () => pick(near, what)?.(value));
  if (kind <= 5) {
    const other = pick(values.get(placeOf(path)) ?? [], what);
    return other === undefined ? object : change(object, path, () => other);
  }
  // A field that others have in such an object.
  const prefix = `${placeOf(path)}/`;
  const fields = [...values.keys()].filter(
    place => place.startsWith(prefix) && !place.slice(prefix.length).includes('/'),
  );
  const field = pick(fields, what)?.slice(prefix.length);
  if (field === undefined || field === '*' || !isRecord(value)) return object;
  const other = pick(values.get(prefix + field) ?? [], (what ?? 0) >> 8);
  return change(object, [...path, field], () => other);
}

const choice = fc.tuple(fc.nat(), fc.nat(), fc.nat());

/** Objects that differ from one of these in one to four places. */
export const crossings = (objects: readonly Json[], values: Values): fc.Arbitrary<Json> =>
  fc
    .tuple(fc.constantFrom(...objects), fc.array(choice, { minLength: 1, maxLength: 4 }))
    .map(([object, choices]) => choices.reduce((from, each) => crossed(from, values, each), object));
