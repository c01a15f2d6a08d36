/** Writes as they are shown, dry-run and sent. */
import type { Access, ObjectKind } from '../kubernetes/contract.ts';
import type { Address, KubernetesObject } from '../model/kubernetes.ts';

/** Field, old and new value, as shown to the user. */
export interface FieldChange {
  field: string;
  from: string;
  to: string;
}

/** A JSON merge patch of one object. */
export interface PatchWrite {
  verb: 'patch';
  kind: ObjectKind;
  target: Address;
  subresource?: 'status';
  /** Of the object that was looked at: the API server refuses the patch (409) when it has changed since. */
  resourceVersion: string | undefined;
  patch: object;
  changes: FieldChange[];
}

export interface CreateWrite {
  verb: 'create';
  kind: ObjectKind;
  target: Address;
  object: KubernetesObject;
  changes: FieldChange[];
}

export interface DeleteWrite {
  verb: 'delete';
  kind: ObjectKind;
  target: Address;
  /** The API server refuses (409) to delete another object of that name. */
  uid: string | undefined;
  changes: FieldChange[];
}

export type Write = PatchWrite | CreateWrite | DeleteWrite;

/** Value of a field in words. */
export const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '(absent)' : JSON.stringify(value);

const mediaType = { patch: 'application/merge-patch+json', create: 'application/json', delete: '' };

/** The request in one line: verb, object, context. */
export function requestLine(write: Write): string {
  const { verb, kind, target } = write;
  const part = write.verb === 'patch' && write.subresource ? `, subresource ${write.subresource}` : '';
  const type = mediaType[verb] === '' ? '' : ` (${mediaType[verb]})`;
  return `${verb.toUpperCase()} ${kind} ${target.namespace}/${target.name}${part} in context ${target.context}${type}`;
}

/** The request and each field that it changes. */
export const writeLines = (write: Write): string[] => [
  requestLine(write),
  ...write.changes.flatMap(({ field, from, to }) => [
    `   ${field}`,
    ...(write.verb === 'create' ? [] : [`   - ${from}`]),
    ...(write.verb === 'delete' ? [] : to.split('\n').map(line => `   + ${line}`)),
  ]),
];

const groups: Partial<Record<ObjectKind, [group: string, plural: string]>> = {
  Cluster: ['postgresql.cnpg.io', 'clusters'],
  Backup: ['postgresql.cnpg.io', 'backups'],
  ScheduledBackup: ['postgresql.cnpg.io', 'scheduledbackups'],
  Pod: ['', 'pods'],
};

/** The right that the write needs. */
export function accessOf(write: Write): Access {
  const { verb, kind, target } = write;
  const [group, resource] = groups[kind] ?? ['', `${kind.toLowerCase()}s`];
  return {
    verb,
    group,
    resource,
    ...(write.verb === 'patch' && write.subresource && { subresource: write.subresource }),
    namespace: target.namespace,
    // A right to create cannot be bound to a name.
    ...(verb !== 'create' && { name: target.name }),
  };
}

export const accessWords = ({ verb, resource, subresource }: Access): string =>
  `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;

/**
 * The same with kubectl, for people who want to see it in their own words, or to do it by hand.
 * @param shorten of a value in a field that is too long to read
 */
export function kubectlLine(
  write: Write,
  shorten: (field: string, value: string) => string = (_field, value) => value,
): string {
  const { context, namespace, name } = write.target;
  const where = `kubectl --context ${quoted(context)} -n ${quoted(namespace)}`;
  const kind = write.kind.toLowerCase();
  if (write.verb === 'create') return `   ${where} create -f MANIFEST.yaml`;
  if (write.verb === 'delete') return `   ${where} delete ${kind} ${quoted(name)}`;
  const part = write.subresource ? ` --subresource ${write.subresource}` : '';
  const patch = JSON.stringify(write.patch, (field, value: unknown) =>
    typeof value === 'string' ? shorten(field, value) : value,
  );
  return `   ${where} patch ${kind} ${quoted(name)}${part} --type merge -p ${quoted(patch)}`;
}

/** For a POSIX shell. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
