/**
 * What an API server does with fields that a CRD does not have (Kubernetes API concepts, "Validation for unrecognized or
 * duplicate fields"): they are pruned, with a warning by default, or refused. Wording as a real one answers.
 */
import fs from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../project-folder.ts';
import type { Kind } from './kinds.ts';
import { apiVersionOf } from './kinds.ts';
import { ApiError, badRequest } from './status.ts';
import type { StoredObject } from './store.ts';

interface Structure {
  properties?: Record<string, Structure>;
  items?: Structure;
  additionalProperties?: boolean | Structure;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
}

const files = ['cnpg-1.30.json', 'barman-cloud-0.14.json'];
let known: Map<string, Structure> | undefined;

/** The schema of a kind's CRD; `undefined` for kinds of Kubernetes itself. */
export function schemaOf(kind: Kind): Structure | undefined {
  known ??= new Map(
    files.flatMap(file => {
      const text = fs.readFileSync(path.join(projectFolder('schemas'), file), 'utf8');
      const kinds = JSON.parse(text) as { kind: string; apiVersion: string; schema: Structure }[];
      return kinds.map(entry => [`${entry.apiVersion} ${entry.kind}`, entry.schema] as const);
    }),
  );
  return known.get(`${apiVersionOf(kind)} ${kind.kind}`);
}

/** How the object came: the wording of a refusal depends on it. */
export type Sent = 'object' | 'patch' | 'apply';

/** @throws ApiError for unknown fields when they are to be refused, and for a mode that does not exist */
export function checkFields(
  kind: Kind,
  object: StoredObject,
  mode: string,
  sent: Sent,
): { object: StoredObject; warnings: string[] } {
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(mode))
    throw new ApiError(
      422,
      'Invalid',
      `fieldValidation: Unsupported value: "${mode}": supported values: "", "Ignore", "Strict", "Warn"`,
    );
  const structure = kind.custom ? schemaOf(kind) : undefined;
  if (!structure) return { object, warnings: [] };
  const unknown: string[] = [];
  const pruned = prune(object, structure, '', unknown) as StoredObject;
  if (unknown.length === 0) return { object, warnings: [] };
  const texts = unknown.map(field => `unknown field "${field}"`);
  if (sent === 'apply') throw notDeclared(object, kind, unknown);
  if (mode === 'Strict') throw refusal(kind, object, `strict decoding error: ${texts.join(', ')}`, sent);
  return { object: pruned, warnings: mode === 'Ignore' ? [] : texts };
}

/** The object without what the structure does not have; lists and maps are gone through. */
function prune(value: unknown, structure: Structure, at: string, unknown: string[]): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => prune(item, structure.items ?? {}, `${at}[${index}]`, unknown));
  if (typeof value !== 'object' || value === null) return value;
  const { properties, additionalProperties } = structure;
  const entries = Object.entries(value).flatMap(([key, child]) => {
    const field = at === '' ? key : `${at}.${key}`;
    const always = at === '' && ['apiVersion', 'kind', 'metadata'].includes(key);
    const part = properties && Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (always) return [[key, child] as const];
    if (typeof part === 'object') return [[key, prune(child, part, field, unknown)] as const];
    if (!properties || part === true || structure['x-kubernetes-preserve-unknown-fields'])
      return [[key, child] as const];
    unknown.push(field);
    return [];
  });
  return Object.fromEntries(entries);
}

function refusal(kind: Kind, object: StoredObject, fault: string, sent: Sent): ApiError {
  if (sent === 'object')
    return badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${fault}`);
  return new ApiError(
    422,
    'Invalid',
    ` "" is invalid: patch: Invalid value: ${JSON.stringify(JSON.stringify(object))}: ${fault}`,
  );
}

const notDeclared = ({ metadata }: StoredObject, kind: Kind, unknown: readonly string[]): ApiError =>
  new ApiError(
    500,
    'InternalError',
    `failed to create typed patch object (${metadata.namespace ?? ''}/${metadata.name}; ${apiVersionOf(kind)}, Kind=${kind.kind}): ${unknown.map(field => `.${field}: field not declared in schema`).join(', ')}`,
  );
