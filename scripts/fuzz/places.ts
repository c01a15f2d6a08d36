/** Places in an object, and the object with another value in one of them. */

export type Json = unknown;
export type Steps = (string | number)[];

/** Of all values below the root, parents before their children. */
export function placesIn(value: Json, at: Steps = []): { path: Steps; value: Json }[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([step, child]) => {
    const path = [...at, step];
    return [{ path, value: child }, ...placesIn(child, path)];
  });
}

/** The object with another value in that place, which may be new; `undefined` takes it away. */
export function changedAt(object: Json, [step, ...rest]: Steps, by: (old: Json) => Json): Json {
  if (step === undefined) return by(object);
  if (Array.isArray(object)) {
    const changed = changedAt(object[Number(step)], rest, by);
    return object.toSpliced(Number(step), 1, ...(changed === undefined ? [] : [changed]));
  }
  const { [step]: old, ...others } = object as Record<string, Json>;
  const changed = changedAt(old, rest, by);
  return changed === undefined ? others : { ...(object as Record<string, Json>), [step]: changed };
}
