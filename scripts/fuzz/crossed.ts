/** Manifests made of others: values that stand in one are put into the same place of another, or changed a little. */
import * as fc from 'fast-check';
import { isRecord } from '../../src/language/manifest.ts';
import type { Json, Steps } from './places.ts';
import { changedAt, placesIn } from './places.ts';

/** Values that some manifest has in a place, by the place without its indices. */
export type Values = Map<string, Json[]>;

const placeOf = (path: Steps): string => path.map(step => (typeof step === 'number' ? '*' : step)).join('/');

export function valuesOf(objects: readonly Json[]): Values {
  const values = new Map<string, Map<string, Json>>();
  for (const object of objects)
    for (const { path, value } of placesIn(object)) {
      const place = placeOf(path);
      const known = values.get(place) ?? new Map<string, Json>();
      values.set(place, known.set(JSON.stringify(value), value));
    }
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

/** One change: the choices say where and what. */
function crossed(object: Json, values: Values, [where, how, what]: readonly number[]): Json {
  const present = placesIn(object).filter(({ path }) => path[0] !== 'apiVersion' && path[0] !== 'kind');
  const pick = <T>(from: readonly T[], choice = 0): T | undefined => from[choice % from.length];
  const at = pick(present, where);
  if (!at) return object;
  const { path, value } = at;
  const kind = (how ?? 0) % 10;
  if (kind === 0) return changedAt(object, path, () => undefined);
  if (kind === 1 && Array.isArray(value))
    return changedAt(object, path, () => [...(value as Json[]), pick(value as Json[], what)]);
  if (kind === 2 && typeof value === 'number')
    return changedAt(object, path, () => pick([value + 1, value - 1, 0, -value, value * 2, value * 1000], what));
  if (kind <= 3 && typeof value === 'string') return changedAt(object, path, () => pick(near, what)?.(value));
  if (kind <= 5) {
    const other = pick(values.get(placeOf(path)) ?? [], what);
    return other === undefined ? object : changedAt(object, path, () => other);
  }
  // A field that others have in such an object.
  const prefix = `${placeOf(path)}/`;
  const fields = [...values.keys()].filter(
    place => place.startsWith(prefix) && !place.slice(prefix.length).includes('/'),
  );
  const field = pick(fields, what)?.slice(prefix.length);
  if (field === undefined || field === '*' || !isRecord(value)) return object;
  const other = pick(values.get(prefix + field) ?? [], (what ?? 0) >> 8);
  return changedAt(object, [...path, field], () => other);
}

const choice = fc.tuple(fc.nat(), fc.nat(), fc.nat());

/** Objects that differ from one of these in one to four places. */
export const crossings = (objects: readonly Json[], values: Values): fc.Arbitrary<Json> =>
  fc
    .tuple(fc.constantFrom(...objects), fc.array(choice, { minLength: 1, maxLength: 4 }))
    .map(([object, choices]) => choices.reduce((from, each) => crossed(from, values, each), object));
