/**
 * What a manifest would say if it were the object that the API server has now. Values that the API server and the operator
 * fill in are not taken for changes, and neither is another way to write the same.
 */
import { admit } from './admission/admit.ts';
import { parseDuration } from './admission/durations.ts';
import { parseQuantity } from './admission/quantities.ts';
import type { ManifestDocument, Path } from './manifest.ts';
import { isRecord } from './manifest.ts';
import type { Structure } from './schemas.ts';
import { structureAt } from './schemas.ts';
import { setOwn } from './yaml-values.ts';

type Values = Record<string, unknown>;

/**
 * @param path of a value of the manifest
 * @returns what the object has there: the manifest's own value where it is the same, `undefined` where nothing has to be said
 */
export function liveValueAt(document: ManifestDocument, live: Values, structure: Structure, path: Path): unknown {
  let said: unknown = document.value;
  let expected: unknown = admit(document, structure).object;
  let now: unknown = live;
  let part: Structure | undefined = structure;
  for (const step of path) {
    if (typeof step === 'number') {
      const [own, filled, theirs] = [said, expected, now].map(list => (Array.isArray(list) ? (list as unknown[]) : []));
      const item = identity(keysFor(part, own ?? [], theirs ?? []));
      const key = item(own?.[step], step);
      const same = (list: readonly unknown[] = []): unknown => list.find((value, at) => item(value, at) === key);
      [said, expected, now] = [own?.[step], same(filled), same(theirs)];
    } else [said, expected, now] = [said, expected, now].map(values => record(values)[step]);
    part = part && structureAt(part, [step]);
  }
  return wanted(path, said, expected, now, part);
}

/** @returns the manifest's values where the object has the same, else the object's */
export function liveValues(document: ManifestDocument, live: Values, structure: Structure): Values {
  const said = document.value;
  const expected = admit(document, structure).object;
  const result: Values = {};
  for (const key of keysOf(said, live)) {
    const value = given.has(key)
      ? said[key]
      : key === 'metadata'
        ? liveMetadata(record(said[key]), record(live[key]))
        : wanted([key], said[key], expected[key], live[key], structureAt(structure, [key]));
    if (value !== undefined) setOwn(result, key, value);
  }
  return result;
}

const given = new Set(['apiVersion', 'kind', 'status']);

const record = (value: unknown): Values => (isRecord(value) ? value : {});

/** The manifest's own keys first, in its order. */
const keysOf = (said: Values, live: Values): string[] => [...new Set([...Object.keys(said), ...Object.keys(live)])];

/** Of the metadata people write labels and annotations; the rest is the API server's. */
function liveMetadata(said: Values, live: Values): Values {
  const result = { ...said };
  for (const key of ['labels', 'annotations']) {
    const own = record(said[key]);
    const kept = Object.entries(record(live[key])).filter(([name]) => Object.hasOwn(own, name) || !isMark(name));
    const found = Object.fromEntries(kept);
    if (said[key] === undefined && kept.length === 0) continue;
    // Order is the manifest's.
    result[key] = Object.fromEntries(keysOf(own, found).flatMap(name => (name in found ? [[name, found[name]]] : [])));
  }
  return result;
}

/** What the tools that apply manifests, and the operator, write beside what they apply. */
const isMark = (name: string): boolean =>
  /^(kubectl\.kubernetes\.io\/last-applied-configuration$|argocd\.argoproj\.io\/|meta\.helm\.sh\/|helm\.sh\/|helm\.toolkit\.fluxcd\.io\/|kustomize\.toolkit\.fluxcd\.io\/|app\.kubernetes\.io\/managed-by$|cnpg\.io\/(operatorVersion|hash|nodeSerial|poolerSpecHash|lastAppliedSpec)$)/.test(
    name,
  );

/**
 * @param said by the manifest
 * @param expected what the API server and the operator make of it
 * @returns `undefined`: nothing has to be said
 */
function wanted(
  path: Path,
  said: unknown,
  expected: unknown,
  live: unknown,
  structure: Structure | undefined,
): unknown {
  if (live === undefined || live === null) return isNothing(said) ? said : undefined;
  if (isSame(live, expected, structure) || isSame(live, said, structure)) return said;
  if (said === undefined && isFilledIn(path, live, structure)) return undefined;
  if (isRecord(live) && (said === undefined || isRecord(said)))
    return wantedMapping(path, said, record(expected), live, structure);
  if (Array.isArray(live) && Array.isArray(said))
    return wantedList(path, said, Array.isArray(expected) ? expected : [], live, structure);
  return live;
}

function wantedMapping(
  path: Path,
  said: Values | undefined,
  expected: Values,
  live: Values,
  structure: Structure | undefined,
): Values | undefined {
  const result: Values = {};
  for (const key of keysOf(said ?? {}, live)) {
    const part = structure && structureAt(structure, [key]);
    const value = wanted([...path, key], said?.[key], expected[key], live[key], part);
    if (value !== undefined) setOwn(result, key, value);
  }
  return said === undefined && Object.keys(result).length === 0 ? undefined : result;
}

/** Items are the same by their keys, else by their place. The manifest's order is kept: it means nothing where there are keys. */
function wantedList(
  path: Path,
  said: readonly unknown[],
  expected: readonly unknown[],
  live: readonly unknown[],
  structure: Structure | undefined,
): unknown[] {
  const item = identity(keysFor(structure, said, live));
  const byKey = (list: readonly unknown[]): Map<string, unknown> =>
    new Map(list.map((value, index) => [item(value, index), value]));
  const [saidBy, expectedBy, liveBy] = [byKey(said), byKey(expected), byKey(live)];
  return [...new Set([...saidBy.keys(), ...liveBy.keys()])].flatMap(key => {
    const now = liveBy.get(key);
    if (now === undefined) return [];
    const at = [...path, 0];
    const value = wanted(at, saidBy.get(key), expectedBy.get(key), now, structure?.items);
    return [value === undefined ? now : value];
  });
}

/** What of an item says which one it is. */
const identity =
  (keys: readonly string[] | undefined) =>
  (value: unknown, index: number): string =>
    keys ? JSON.stringify(keys.map(key => record(value)[key])) : String(index);

/** The fields by which items are told apart; `undefined` when they are not. */
function keysFor(
  structure: Structure | undefined,
  ...lists: readonly (readonly unknown[])[]
): readonly string[] | undefined {
  const declared = structure?.['x-kubernetes-list-map-keys'];
  return [declared ?? [], ['name']].find(
    keys =>
      keys.length > 0 &&
      lists.every(list => {
        const all = list.map(value => JSON.stringify(keys.map(key => record(value)[key] ?? null)));
        return list.every(isRecord) && !all.some(key => key.includes('null')) && new Set(all).size === all.length;
      }),
  );
}

/** `{}`, `[]` and the empty text say as much as nothing does. */
const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

function isFilledIn(path: Path, live: unknown, structure: Structure | undefined): boolean {
  if (isNothing(live) || (structure?.default !== undefined && isSame(live, structure.default, structure))) return true;
  const filled = operatorFills[path.join('.')];
  return (
    filled?.some(value => (value instanceof RegExp ? value.test(String(live)) : isSame(live, value, structure))) ===
    true
  );
}

/**
 * What the operator's webhook writes beside what `defaultCluster` knows, because it depends on the operator's release or
 * configuration. Source: the objects of a real operator 1.30.
 */
const operatorFills: Record<string, readonly unknown[]> = {
  'spec.imageName': [/^ghcr\.io\/cloudnative-pg\/postgresql:/],
  'spec.monitoring.customQueriesConfigMap': [[{ name: 'cnpg-default-monitoring', key: 'queries' }]],
  'spec.probes.liveness.isolationCheck.enabled': [true],
  'spec.probes.liveness.isolationCheck.requestTimeout': [1000],
  'spec.probes.liveness.isolationCheck.connectionTimeout': [1000],
  'spec.postgresql.syncReplicaElectionConstraint.enabled': [false],
};

/** The same values, however they are written. */
function isSame(a: unknown, b: unknown, structure: Structure | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((value, at) => isSame(value, b[at], structure?.items));
  if (isRecord(a))
    return (
      isRecord(b) &&
      keysOf(a, b).every(key =>
        isSame(a[key] ?? undefined, b[key] ?? undefined, structure && structureAt(structure, [key])),
      )
    );
  if (structure?.['x-kubernetes-int-or-string'] && isNumeric(a) && isNumeric(b)) {
    const quantity = parseQuantity(a);
    return quantity === undefined ? String(a) === String(b) : quantity === parseQuantity(b);
  }
  if (typeof a !== 'string' || typeof b !== 'string' || !structure) return false;
  const duration = parseDuration(a);
  return duration !== undefined && duration === parseDuration(b);
}

const isNumeric = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
