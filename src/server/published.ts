/**
 * Kinds out of the OpenAPI v3 document that an API server publishes for a group and version. It holds the CRDs' schemas whole,
 * rules in CEL and defaults included. Source: Kubernetes manual, "The Kubernetes API", OpenAPI v3; asked of a real API server.
 */
import type { StoredKind } from './structure.ts';
import { structureOf } from './structure.ts';

export interface PublishedKind extends StoredKind {
  /** The CRD's own words, by path as in `schemas/docs`. */
  descriptions: ReadonlyMap<string, string>;
}

type Schema = Record<string, unknown>;

interface Document {
  paths?: Record<string, unknown>;
  components?: { schemas?: Record<string, Schema> };
}

/** @throws Error when the text is no OpenAPI v3 document */
export function publishedKinds(text: string): PublishedKind[] {
  const { paths = {}, components } = JSON.parse(text) as Document;
  if (!components?.schemas) throw new Error('it is no OpenAPI v3 document: it has no components.schemas');
  return Object.values(components.schemas).flatMap(schema => {
    const [named] = (schema['x-kubernetes-group-version-kind'] as Named[] | undefined) ?? [];
    const properties = schema['properties'] as Record<string, Schema> | undefined;
    const plural = named && pluralOf(paths, named);
    // Lists and types of Kubernetes itself are published as well, but have no paths of their own.
    if (!named || plural === undefined) return [];
    const { 'x-kubernetes-group-version-kind': _, ...own } = schema;
    const base = `/apis/${named.group}/${named.version}`;
    return [
      {
        kind: named.kind,
        scope: `${base}/namespaces/{namespace}/${plural}` in paths ? 'Namespaced' : 'Cluster',
        apiVersion: `${named.group}/${named.version}`,
        // Which field is scaled is not published; of the kinds of CloudNativePG that can be it is this one.
        ...(`${base}/namespaces/{namespace}/${plural}/{name}/scale` in paths && { replicas: '.spec.instances' }),
        schema: structureOf({ ...own, properties: { ...properties, metadata: { type: 'object' } } }),
        descriptions: descriptionsOf(own),
      },
    ];
  });
}

interface Named {
  group: string;
  version: string;
  kind: string;
}

function pluralOf(paths: Record<string, unknown>, { group, version, kind }: Named): string | undefined {
  const plurals = Object.keys(paths).flatMap(path => {
    const found = path.startsWith(`/apis/${group}/${version}/`) && /\/([^/{}]+)\/\{name\}$/.exec(path);
    return found ? [found[1] ?? ''] : [];
  });
  return plurals.find(plural => plural === `${kind.toLowerCase()}s`);
}

function descriptionsOf(schema: Schema, path = '', into = new Map<string, string>()): Map<string, string> {
  const { description, properties, items, additionalProperties } = schema;
  if (typeof description === 'string' && path !== '') into.set(path, description);
  for (const [name, part] of Object.entries((properties as Record<string, Schema> | undefined) ?? {}))
    descriptionsOf(part, path === '' ? name : `${path}.${name}`, into);
  if (isSchema(items)) descriptionsOf(items, `${path}[]`, into);
  if (isSchema(additionalProperties)) descriptionsOf(additionalProperties, `${path}.*`, into);
  return into;
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;
