/** The structure of each kind, as `schemas/` holds it, and how to find one's way in it. */
import type { Path } from './manifest.ts';
import type { PostgresParameters } from './parameters.ts';

/** A CRD's schema without descriptions (OpenAPI v3 with `x-kubernetes-` extensions). */
export interface Structure {
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  format?: string;
  properties?: Record<string, Structure>;
  items?: Structure;
  additionalProperties?: boolean | Structure;
  required?: string[];
  default?: unknown;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  anyOf?: Structure[];
  oneOf?: Structure[];
  allOf?: Structure[];
  not?: Structure;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-list-type'?: 'map' | 'set' | 'atomic';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: CelRule[];
  [keyword: string]: unknown;
}

export interface CelRule {
  rule: string;
  message: string;
  /** Where it is reported, relative to the value: `.serverName`. */
  fieldPath?: string;
}

/** One thing wrong, as ajv reports it. */
export interface Violation {
  /** JSON pointer. */
  instancePath: string;
  keyword: string;
  params: Record<string, unknown>;
}

export interface FieldDoc {
  text: string;
  /** CNPG version in which it appeared, when that is after the oldest supported. */
  since?: string;
  /** Page of the CNPG manual. */
  manual?: string;
  deprecated?: string;
}

export interface KindSchema {
  /** The supported version it belongs to; a label of its own when it was imported from a cluster. */
  version: string;
  /** What manifests are checked for, in words: `CloudNativePG 1.30`. */
  checkedFor: string;
  /** The same kind in the supported versions that have it, oldest first. */
  history(): readonly { version: string; structure: Structure }[];
  structure: Structure;
  scope: 'Namespaced' | 'Cluster';
  /** Of kinds that can be scaled: where the number of replicas is. */
  replicas?: Path;
  /** Everything wrong with the value. */
  violations(value: unknown): Violation[];
  /** @param path with `[]` for list items: `spec.externalClusters[].name` */
  doc(path: string): FieldDoc | undefined;
}

export interface Schemas {
  /** Supported versions of CNPG, newest first: `1.30`. */
  versions: readonly string[];
  /** `undefined`: that version has no such kind. */
  kind(version: string, apiVersion: string, kind: string): KindSchema | undefined;
  /** Kinds of an API version in that version of CNPG. */
  kinds(version: string, apiVersion: string): readonly string[];
  /** Of PostgreSQL 14 to 18. */
  readonly parameters: PostgresParameters;
}

/** The structure at a path; `undefined` where the schema says nothing. */
export function structureAt(root: Structure, path: Path): Structure | undefined {
  return path.reduce<Structure | undefined>((at, step) => {
    if (!at) return undefined;
    if (typeof step === 'number') return at.items;
    const known = at.properties && Object.hasOwn(at.properties, step) ? at.properties[step] : undefined;
    return known ?? (typeof at.additionalProperties === 'object' ? at.additionalProperties : undefined);
  }, root);
}

/** `spec.externalClusters[].name`, the form in which words are kept. */
export const docPath = (path: Path): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[]` : text === '' ? step : `${text}.${step}`),
    '',
  );

/** The words for a field. Where its key is the user's own, as in `spec.backup.tags`, theirs have `*` for it. */
export const docAt = (schema: KindSchema, path: Path): FieldDoc | undefined =>
  schema.doc(
    docPath(
      path.map((step, at) => {
        const { properties = {}, additionalProperties } = structureAt(schema.structure, path.slice(0, at)) ?? {};
        return typeof additionalProperties === 'object' && !Object.hasOwn(properties, step) ? '*' : step;
      }),
    ),
  );
