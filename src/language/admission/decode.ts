/**
 * A manifest's values as the API server decodes them: unknown fields and wrong types found, nulls pruned, defaults of the CRD
 * filled in. The result has the types of the structure wherever it has a value, so that rules need not look again.
 */
import type { Path } from '../manifest.ts';
import { isRecord } from '../manifest.ts';
import type { Structure } from '../schemas.ts';
import { structureAt } from '../schemas.ts';
import { setOwn } from '../yaml-values.ts';

export type DecodeFault =
  | { fault: 'unknown'; path: Path; structure: Structure }
  | { fault: 'type'; path: Path; structure: Structure; value: unknown }
  | { fault: 'range'; path: Path; value: number; limit: number };

export interface Decoding {
  /**
   * A Go program decodes the object before the schema is looked at, as the webhook of a Cluster does: null items of lists
   * become empty ones.
   */
  byGo: boolean;
  faults: DecodeFault[];
}

/** @returns `undefined` for what has the wrong type */
export function decode(value: unknown, structure: Structure, path: Path, to: Decoding): unknown {
  if (structure['x-kubernetes-int-or-string'] && to.byGo && structure.pattern !== undefined)
    return decodeQuantity(value, structure, path, to);
  if (structure['x-kubernetes-int-or-string'])
    return typeof value === 'string' || isLong(value) ? value : wrong(value, structure, path, to);
  switch (structure.type) {
    case 'object':
      return isRecord(value) ? decodeObject(value, structure, path, to) : wrong(value, structure, path, to);
    case 'array':
      return Array.isArray(value) ? decodeList(value, structure, path, to) : wrong(value, structure, path, to);
    case 'string':
      return typeof value === 'string' ? decodeText(value, structure, path, to) : wrong(value, structure, path, to);
    case 'integer':
      return Number.isInteger(value)
        ? decodeInteger(value as number, structure, path, to)
        : wrong(value, structure, path, to);
    case 'number':
    case 'boolean':
      return typeof value === structure.type ? value : wrong(value, structure, path, to);
    default:
      return value;
  }
}

/**
 * Of what is an integer or a string, quantities have a pattern. Go takes any number for one, and blanks around its text, but no
 * ends of lines: it looks at the JSON, where they are two characters.
 */
function decodeQuantity(value: unknown, structure: Structure, path: Path, to: Decoding): unknown {
  if (typeof value === 'string') return value.replace(/^ +| +$/g, '');
  if (typeof value !== 'number') return wrong(value, structure, path, to);
  return isLong(value) ? value : String(value);
}

/** Longer ones are no integers any more for the API server, but floating-point numbers. */
const isLong = (value: unknown): boolean => Number.isInteger(value) && Math.abs(value as number) <= 2 ** 63;

function wrong(value: unknown, structure: Structure, path: Path, { faults }: Decoding): undefined {
  faults.push({ fault: 'type', path, structure, value });
  return undefined;
}

function decodeObject(value: Record<string, unknown>, structure: Structure, path: Path, to: Decoding): unknown {
  const { properties, additionalProperties } = structure;
  const result: Record<string, unknown> = {};
  const keep = (key: string, child: unknown): void => {
    if (child !== undefined) setOwn(result, key, child);
  };
  for (const [key, child] of Object.entries(value)) {
    const part = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
    const inner = part ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (inner) {
      if (child !== null) keep(key, decode(child, inner, [...path, key], to));
      else if (to.byGo && !part) keep(key, zeroOf(inner));
    } else if (structure['x-kubernetes-preserve-unknown-fields'] || additionalProperties === true) keep(key, child);
    else to.faults.push({ fault: 'unknown', path: [...path, key], structure });
  }
  return withDefaults(result, structure);
}

/** Fields that are absent and have a default, here and below. */
export function withDefaults(value: Record<string, unknown>, structure: Structure): Record<string, unknown> {
  for (const [key, part] of defaultsOf(structure))
    if (value[key] === undefined) {
      const filled: unknown = typeof part.default === 'object' ? structuredClone(part.default) : part.default;
      value[key] = isRecord(filled) ? withDefaults(filled, part) : filled;
    }
  return value;
}

const knownDefaults = new WeakMap<Structure, [string, Structure][]>();

function defaultsOf(structure: Structure): [string, Structure][] {
  let known = knownDefaults.get(structure);
  if (!known) {
    known = Object.entries(structure.properties ?? {}).filter(([, part]) => part.default !== undefined);
    knownDefaults.set(structure, known);
  }
  return known;
}

function decodeList(value: unknown[], structure: Structure, path: Path, to: Decoding): unknown[] {
  const { items } = structure;
  if (!items) return value;
  return value.map((item, at) => {
    const found = item === null && to.byGo ? zeroOf(items) : decode(item, items, [...path, at], to);
    // An item that could not be read keeps its place, so that the others keep theirs.
    return found === undefined ? zeroOf(items) : found;
  });
}

function decodeText(value: string, structure: Structure, path: Path, to: Decoding): unknown {
  return structure.format === 'date-time' && !isTime(value) ? wrong(value, structure, path, to) : value;
}

/** RFC 3339 with its day looked up in the calendar. */
export function isTime(value: string): boolean {
  const parts =
    /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d+)?(?:Z|[-+]([01]\d|2[0-4]):([0-5]\d|60))$/.exec(
      value,
    );
  if (!parts) return false;
  const [year, month, day] = parts.slice(1, 4).map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function decodeInteger(value: number, structure: Structure, path: Path, { faults }: Decoding): unknown {
  const limit = structure.format === 'int32' ? 2 ** 31 : 2 ** 63;
  if (value < limit && value >= -limit) return value;
  faults.push({ fault: 'range', path, value, limit });
  return undefined;
}

/** What Go has where nothing was said; `undefined` for what it writes as null. */
export function zeroOf(structure: Structure): unknown {
  if (structure['x-kubernetes-int-or-string']) return 0;
  return { string: '', integer: 0, number: 0, boolean: false, object: {} }[structure.type as string];
}

/**
 * Required fields that are absent, as Go writes them when it turns the object into JSON: it has zeros where nothing was said.
 *
 * @returns paths of what was filled in
 */
export function fillZeros(value: unknown, structure: Structure, path: Path = []): Path[] {
  if (Array.isArray(value)) {
    const { items } = structure;
    return items ? value.flatMap((item, at) => fillZeros(item, items, [...path, at])) : [];
  }
  if (!isRecord(value)) return [];
  const filled = (structure.required ?? []).flatMap(name => {
    const part = structure.properties?.[name];
    if (value[name] !== undefined || !part || leftOut.has(name)) return [];
    const zero = zeroOf(part);
    if (zero === undefined) return [];
    value[name] = zero;
    return [[...path, name]];
  });
  if (isReference(structure) && value['apiGroup'] === undefined) {
    value['apiGroup'] = null;
    filled.push([...path, 'apiGroup']);
  }
  const below = Object.entries(value).flatMap(([key, child]) => {
    const part = typeof child === 'object' ? structureAt(structure, [key]) : undefined;
    return part ? fillZeros(child, part, [...path, key]) : [];
  });
  withDefaults(value, structure);
  return [...filled, ...below];
}

/** Required fields of a Cluster that Go leaves out when they are empty (`projectedVolumeTemplate.sources[].podCertificate`). */
const leftOut = new Set(['signerName', 'keyType']);

/** References to objects of any kind: Go writes their `apiGroup` as null when it is absent, which the schema refuses. */
const isReference = ({ properties = {}, required = [] }: Structure): boolean =>
  'apiGroup' in properties && 'kind' in properties && 'name' in properties && !required.includes('apiGroup');
