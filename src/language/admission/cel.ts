/** The rules in CEL of a CRD (`x-kubernetes-validations`). Source: Kubernetes manual, "Validation rules" of custom resources. */
import { Environment } from '@marcbachmann/cel-js';
import type { Path } from '../manifest.ts';
import { isRecord } from '../manifest.ts';
import type { CelRule, Structure } from '../schemas.ts';
import { structureAt } from '../schemas.ts';

export interface CelFault {
  path: Path;
  message: string;
}

const environment = new Environment({ unlistedVariablesAreDyn: true });
const programs = new Map<string, (variables: Record<string, unknown>) => unknown>();

function programOf(rule: string): (variables: Record<string, unknown>) => unknown {
  let program = programs.get(rule);
  if (!program) {
    program = environment.parse(rule) as (variables: Record<string, unknown>) => unknown;
    programs.set(rule, program);
  }
  return program;
}

/**
 * @param old the object before an update; rules that speak of it are asked only then
 * @returns what is refused, in the order of the schema
 */
export function celFaults(value: unknown, structure: Structure, old?: unknown, path: Path = []): CelFault[] {
  if (value === undefined || !hasRules(structure)) return [];
  const own = (structure['x-kubernetes-validations'] ?? []).flatMap(rule => ask(rule, value, old, path));
  return [...own, ...below(value, structure, old, path)];
}

function below(value: unknown, structure: Structure, old: unknown, path: Path): CelFault[] {
  if (Array.isArray(value)) {
    const { items } = structure;
    return items
      ? value.flatMap((item, at) => celFaults(item, items, oldItem(item, structure, old), [...path, at]))
      : [];
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const part = structureAt(structure, [key]);
    return part ? celFaults(child, part, isRecord(old) ? old[key] : undefined, [...path, key]) : [];
  });
}

/** Items are the same before and after when their keys are; of other lists nothing is known. */
function oldItem(item: unknown, structure: Structure, old: unknown): unknown {
  const keys = structure['x-kubernetes-list-map-keys'];
  if (!keys || !Array.isArray(old) || !isRecord(item)) return undefined;
  return old.find(each => isRecord(each) && keys.every(key => each[key] === item[key])) as unknown;
}

const ofTransition = /\boldSelf\b/;

function ask({ rule, message, fieldPath }: CelRule, self: unknown, oldSelf: unknown, path: Path): CelFault[] {
  const isTransition = ofTransition.test(rule);
  if (isTransition && oldSelf === undefined) return [];
  const at = fieldPath === undefined ? path : [...path, ...fieldPath.split('.').slice(1)];
  try {
    return programOf(rule)(isTransition ? { self, oldSelf } : { self }) === true ? [] : [{ path: at, message }];
  } catch {
    // A rule that cannot be evaluated, because a field it reads is missing, refuses as well.
    return [{ path: at, message }];
  }
}

/** Are there rules here or below? Most of a schema has none. */
const known = new WeakMap<Structure, boolean>();

function hasRules(structure: Structure): boolean {
  let found = known.get(structure);
  if (found === undefined) {
    const { properties = {}, items, additionalProperties } = structure;
    const parts = [...Object.values(properties), items, additionalProperties];
    found =
      (structure['x-kubernetes-validations'] ?? []).length > 0 ||
      parts.some(part => typeof part === 'object' && hasRules(part));
    known.set(structure, found);
  }
  return found;
}
