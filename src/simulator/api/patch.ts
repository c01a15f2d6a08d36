/** The kinds of patches that an API server takes for custom resources. */
import { applyPatch as applyJsonPatch } from 'rfc6902';
import type { Operation } from 'rfc6902';
import { ApiError, badRequest } from './status.ts';
import type { StoredObject } from './store.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7386: objects are merged, null deletes, everything else (lists too) replaces. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key] ?? null, value);
  }
  return result;
}

/** RFC 6902. A failed `test` is a refusal. */
export function jsonPatch(target: StoredObject, operations: unknown): StoredObject {
  if (!Array.isArray(operations)) throw badRequest('a JSON patch is a list of operations');
  const result = structuredClone(target);
  const failed = applyJsonPatch(result, operations as Operation[]).find(error => error !== null);
  if (failed) throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  return result;
}

/** Fields of an object as paths; lists are atomic, as in the CNPG CRDs. */
function leaves(value: unknown, path: string[] = []): string[] {
  if (!isObject(value)) return [JSON.stringify(path)];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
}

const identity = new Set(['["apiVersion"]', '["kind"]', '["metadata","name"]', '["metadata","namespace"]']);

interface Managed {
  manager: string;
  operation: string;
  apiVersion?: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1: JsonObject;
}

/** `{"f:spec":{"f:replica":{"f:primary":{}}}}` */
function toFields(paths: readonly string[]): JsonObject {
  const root: JsonObject = {};
  for (const path of paths) {
    let at = root;
    for (const part of JSON.parse(path) as string[]) at = (at[`f:${part}`] ??= {}) as JsonObject;
  }
  return root;
}

function fromFields(fields: JsonObject, path: string[] = []): string[] {
  const children = Object.entries(fields).filter(([key]) => key.startsWith('f:'));
  if (children.length === 0) return path.length === 0 ? [] : [JSON.stringify(path)];
  return children.flatMap(([key, child]) => fromFields(child as JsonObject, [...path, key.slice(2)]));
}

const valueAt = (object: unknown, path: string): unknown =>
  (JSON.parse(path) as string[]).reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), object);

function remove(object: JsonObject, path: string): void {
  const parts = JSON.parse(path) as string[];
  const last = parts.pop() ?? '';
  const parent = parts.reduce<Json | undefined>((at, key) => (isObject(at) ? at[key] : undefined), object);
  if (isObject(parent)) delete parent[last];
}

/**
 * Server-side apply for objects whose lists are atomic: the applied fields become the manager's; fields that it applied
 * before and no longer names are removed; a field that another manager owns with another value is a conflict.
 */
export function applyPatch(
  current: StoredObject | undefined,
  applied: StoredObject,
  manager: string,
  force: boolean,
  time: string,
): StoredObject {
  const managed = (current?.metadata.managedFields ?? []) as Managed[];
  const wanted = leaves(applied).filter(path => !identity.has(path));
  // What the same manager has changed by an update is another's to it.
  const isMine = (entry: Managed): boolean => entry.manager === manager && entry.operation === 'Apply';
  const others = managed.filter(entry => !isMine(entry));
  const conflicts = others.flatMap(entry => {
    const owned = new Set(fromFields(entry.fieldsV1));
    const paths = wanted.filter(
      path => owned.has(path) && JSON.stringify(valueAt(current, path)) !== JSON.stringify(valueAt(applied, path)),
    );
    return paths.map(path => ({ manager: nameOf(entry), path }));
  });
  if (conflicts.length > 0 && !force) throw applyConflict(conflicts);

  const result = mergePatch((current ?? {}) as unknown as Json, applied as unknown as Json) as JsonObject;
  const mine = managed.find(isMine);
  for (const path of mine ? fromFields(mine.fieldsV1) : [])
    if (!wanted.includes(path) && !others.some(entry => fromFields(entry.fieldsV1).includes(path)))
      remove(result, path);
  const lost = new Set(conflicts.map(c => c.path));
  const object = result as unknown as StoredObject;
  object.metadata = {
    ...object.metadata,
    managedFields: [
      ...others.map(entry => ({
        ...entry,
        fieldsV1: toFields(fromFields(entry.fieldsV1).filter(path => !lost.has(path))),
      })),
      { manager, operation: 'Apply', time, fieldsType: 'FieldsV1', fieldsV1: toFields(wanted) } as Managed,
    ],
  };
  return object;
}

/** As in messages; only updates say the version. */
const nameOf = ({ manager, operation, apiVersion }: Managed): string =>
  operation === 'Update' && apiVersion !== undefined ? `"${manager}" using ${apiVersion}` : `"${manager}"`;

function applyConflict(conflicts: { manager: string; path: string }[]): ApiError {
  const name = (path: string): string => `.${(JSON.parse(path) as string[]).join('.')}`;
  const managers = [...new Set(conflicts.map(c => c.manager))];
  const message = `Apply failed with ${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}: conflict${conflicts.length === 1 ? '' : 's'} with ${managers.join(', ')}: ${conflicts.map(c => name(c.path)).join(', ')}`;
  return new ApiError(409, 'Conflict', message, {
    causes: conflicts.map(c => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${c.manager}`,
      field: name(c.path),
    })),
  });
}

/** Notes which fields a manager changed by an update or another patch. */
export function noteUpdate(
  before: StoredObject | undefined,
  after: StoredObject,
  manager: string,
  time: string,
): StoredObject {
  const changed = leaves(stripManaged(after)).filter(
    path =>
      JSON.stringify(valueAt(before, path)) !== JSON.stringify(valueAt(after, path)) &&
      !/^\["(status|metadata)"/.test(path) &&
      !identity.has(path),
  );
  if (changed.length === 0) return after;
  const managed = ((after.metadata.managedFields ?? []) as Managed[]).map(entry => ({
    ...entry,
    fieldsV1: toFields(fromFields(entry.fieldsV1).filter(path => entry.manager === manager || !changed.includes(path))),
  }));
  const mine = managed.find(entry => entry.manager === manager && entry.operation === 'Update');
  const fields = toFields([...new Set([...(mine ? fromFields(mine.fieldsV1) : []), ...changed])]);
  const entry: Managed = {
    manager,
    operation: 'Update',
    ...(after.apiVersion !== undefined && { apiVersion: after.apiVersion }),
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
  };
  return {
    ...after,
    metadata: { ...after.metadata, managedFields: [...managed.filter(other => other !== mine), entry] },
  };
}

const stripManaged = (object: StoredObject): StoredObject => {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
};
