/** `metadata`: its fields, and what the API server demands of them. Source: Kubernetes API reference, "ObjectMeta". */
import type { Path } from '../manifest.ts';
import { isRecord } from '../manifest.ts';
import type { Structure } from '../schemas.ts';

const text: Structure = { type: 'string' };
const texts: Structure = { type: 'object', additionalProperties: text };

export const metadataStructure: Structure = {
  type: 'object',
  properties: {
    name: text,
    generateName: text,
    namespace: text,
    selfLink: text,
    uid: text,
    resourceVersion: text,
    generation: { type: 'integer', format: 'int64' },
    creationTimestamp: { type: 'string', format: 'date-time' },
    deletionTimestamp: { type: 'string', format: 'date-time' },
    deletionGracePeriodSeconds: { type: 'integer', format: 'int64' },
    labels: texts,
    annotations: texts,
    finalizers: { type: 'array', items: text },
    ownerReferences: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          apiVersion: text,
          kind: text,
          name: text,
          uid: text,
          controller: { type: 'boolean' },
          blockOwnerDeletion: { type: 'boolean' },
        },
      },
    },
    managedFields: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          manager: text,
          operation: text,
          apiVersion: text,
          time: { type: 'string', format: 'date-time' },
          fieldsType: text,
          fieldsV1: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          subresource: text,
        },
      },
    },
  },
};

export interface MetadataFault {
  severity?: 'warning';
  path: Path;
  on: 'key' | 'value';
  message: string;
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const namePart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** `prefix/name`: the prefix a DNS subdomain, the name up to 63 letters, digits, `-`, `_`, `.`. */
export function isQualifiedName(name: string): boolean {
  const [first = '', second, ...more] = name.split('/');
  if (more.length > 0) return false;
  const part = second ?? first;
  if (second !== undefined && (first.length > 253 || !subdomain.test(first))) return false;
  return part.length <= 63 && namePart.test(part);
}

/** Empty, or up to 63 letters, digits, `-`, `_`, `.`, beginning and ending with a letter or digit. */
export const isLabelValue = (value: string): boolean => value === '' || (value.length <= 63 && namePart.test(value));

/** Bytes of all annotations of an object together. */
const mostAnnotations = 256 * 1024;

export interface Metadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  resourceVersion?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: Record<string, unknown>[];
}

/** @param isNew the object is created; an update keeps what is there */
export function metadataFaults(metadata: Metadata, scope: 'Namespaced' | 'Cluster', isNew: boolean): MetadataFault[] {
  return [
    ...nameFaults(metadata),
    ...namespaceFaults(metadata, scope),
    ...(isNew && metadata.resourceVersion
      ? [
          {
            path: ['metadata', 'resourceVersion'],
            on: 'key' as const,
            message: 'metadata.resourceVersion must not be set on an object that is created; remove it.',
          },
        ]
      : []),
    ...labelFaults(metadata),
    ...annotationFaults(metadata),
    ...finalizerFaults(metadata),
    ...ownerFaults(metadata),
  ];
}

/** The name of an object: a DNS subdomain. */
export const isName = (name: string): boolean => name.length <= 253 && subdomain.test(name);

function nameFaults({ name, generateName }: Metadata): MetadataFault[] {
  const form = 'lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit, at most 253';
  if (name) {
    if (isName(name)) return [];
    return [value(['metadata', 'name'], `metadata.name: "${name}" has not the form that is wanted: ${form}.`)];
  }
  if (!generateName)
    return [
      {
        path: ['metadata'],
        on: 'key',
        message: 'metadata lacks "name" (or "generateName"), which the API server demands.',
      },
    ];
  if (subdomain.test(generateName.replace(/-$/, 'a'))) return [];
  return [value(['metadata', 'generateName'], `metadata.generateName: "${generateName}" must begin a name: ${form}.`)];
}

function namespaceFaults({ namespace }: Metadata, scope: 'Namespaced' | 'Cluster'): MetadataFault[] {
  const path = ['metadata', 'namespace'];
  if (!namespace) return [];
  if (scope === 'Cluster')
    return [
      {
        severity: 'warning',
        path,
        on: 'key',
        message: 'This kind belongs to no namespace: the API server drops the field. Remove it.',
      },
    ];
  if (namespace.length <= 63 && label.test(namespace)) return [];
  return [
    value(
      path,
      `metadata.namespace: "${namespace}" has not the form that is wanted: lower-case letters, digits and "-", at most 63.`,
    ),
  ];
}

const value = (path: Path, message: string): MetadataFault => ({ path, on: 'value', message });

const labelFaults = ({ labels = {} }: Metadata): MetadataFault[] =>
  Object.entries(labels).flatMap(([key, each]) => {
    const path = ['metadata', 'labels', key];
    return [
      ...(isQualifiedName(key) ? [] : [keyFault(path, key)]),
      ...(isLabelValue(each)
        ? []
        : [
            value(
              path,
              `A label's value has at most 63 letters, digits, "-", "_" and ".", and begins and ends with a letter or digit; "${each}" has not this form.`,
            ),
          ]),
    ];
  });

const keyFault = (path: Path, key: string): MetadataFault => ({
  path,
  on: 'key',
  message: `"${key}" is no qualified name: [prefix/]name, the name with at most 63 letters, digits, "-", "_" and ".".`,
});

function annotationFaults({ annotations = {} }: Metadata): MetadataFault[] {
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, each]) => sum + bytes(key) + bytes(each), 0);
  return [
    ...entries
      .filter(([key]) => !isQualifiedName(key.toLowerCase()))
      .map(([key]) => keyFault(['metadata', 'annotations', key], key)),
    ...(size > mostAnnotations
      ? [
          {
            path: ['metadata', 'annotations'],
            on: 'key' as const,
            message: `The annotations have ${size} bytes; the API server takes ${mostAnnotations}.`,
          },
        ]
      : []),
  ];
}

const bytes = (each: string): number => new TextEncoder().encode(each).length;

const finalizerFaults = ({ finalizers = [] }: Metadata): MetadataFault[] =>
  finalizers.flatMap((finalizer, at) =>
    isQualifiedName(finalizer)
      ? []
      : [
          value(
            ['metadata', 'finalizers', at],
            `The finalizer "${finalizer}" is no qualified name (example.org/name).`,
          ),
        ],
  );

function ownerFaults({ ownerReferences = [] }: Metadata): MetadataFault[] {
  const at = (index: number): Path => ['metadata', 'ownerReferences', index];
  const missing = ownerReferences.flatMap((owner, index) =>
    ['apiVersion', 'kind', 'name', 'uid']
      .filter(field => isRecord(owner) && !owner[field])
      .map(
        (field): MetadataFault => ({ path: at(index), on: 'key', message: `The owner reference lacks "${field}".` }),
      ),
  );
  const controllers = ownerReferences.flatMap((owner, index) => (owner['controller'] === true ? [index] : []));
  return [
    ...missing,
    ...controllers
      .slice(1)
      .map(
        (index): MetadataFault => ({ path: at(index), on: 'key', message: 'Only one owner can be the controller.' }),
      ),
  ];
}
