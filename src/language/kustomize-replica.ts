/**
 * Patches of Kustomize that set `spec.replica` of a Cluster: operations (RFC 6902) in a file or in the kustomization itself, and
 * merges that are written in the kustomization. What a patch sets wins over the manifest, so it is what has to be edited.
 */
import { RE2JS } from 're2js';
import { isMap, isScalar, isSeq } from 'yaml';
import type { ObjectName } from './definitions.ts';
import type { MaybeEdit } from './edits.ts';
import { appendItem, plainText, removeItem, setValue } from './edits.ts';
import type { ManifestDocument, ManifestFile, Path, Range } from './manifest.ts';
import { asString, isRecord, parseFile, placeOf, valueRange } from './manifest.ts';
import type { EditedText, ReplicaValues } from './replica-edits.ts';
import { fieldEdit, replicaEdits, scalarEdit, withEdits } from './replica-edits.ts';

export interface ReplicaPatch {
  /** Of `patch` or `path` in the entry of the kustomization. */
  range: Range;
  /** The file that has the operations, as the kustomization names it; absent: they are in the entry itself. */
  path?: string;
}

/**
 * The patches of a kustomization that may set `spec.replica` of the object. Of a file with operations only who reads it knows what
 * they set. Merges in files of their own say themselves whom they are for: they are definitions like any other.
 *
 * Source: Kustomize, fields `patches` and `patchesJson6902`; `kind` and `name` of a target are regular expressions for the whole of it.
 */
export function replicaPatchesIn(kustomization: ManifestFile, object: ObjectName): ReplicaPatch[] {
  const [document] = kustomization.documents;
  if (!document) return [];
  return entriesOf(document).flatMap(({ at, patch, path, target }): ReplicaPatch[] => {
    if (target && !isFor(target, object, document)) return [];
    if (patch !== undefined)
      return setsReplica(parseFile(patch), target ? undefined : named(object, document))
        ? [{ range: valueRange(document, [...at, 'patch']) }]
        : [];
    return target && path !== undefined ? [{ range: valueRange(document, [...at, 'path']), path }] : [];
  });
}

/** The text with other values in the patch that is written in the kustomization at that line. */
export function withReplicaInKustomization(
  kustomization: ManifestFile,
  line: number,
  values: ReplicaValues,
): EditedText {
  const [document] = kustomization.documents;
  const entry =
    document &&
    entriesOf(document).find(
      ({ at, patch }) => patch !== undefined && valueRange(document, [...at, 'patch']).start.line === line,
    );
  if (!entry) return { problem: 'The patch is not in the file any more.' };
  const path = [...entry.at, 'patch'];
  const block = blockOf(document, path);
  if (!block) return { problem: 'The patch is not written as a block of lines (`patch: |`).' };
  const inner = parseFile(block.inside);
  const merge = inner.documents.find(({ root }) => isMap(root));
  const { text, problem } = merge
    ? withEdits(inner, replicaEdits(merge, values))
    : withReplicaOperations(inner, values);
  if (text === undefined) return { problem: problem ?? '' };
  return withEdits(kustomization, [setValue(document, path, block.around(text))]);
}

/** The text of a file with operations, with other values. */
export function withReplicaOperations(file: ManifestFile, values: ReplicaValues): EditedText {
  const document = file.documents.find(each => operationsOf(each).some(isForReplica));
  if (!document) return { problem: 'It has no operation for spec.replica any more.' };
  return withEdits(
    file,
    Object.entries(values).flatMap(([field, value]) => operationEdits(document, field, value)),
  );
}

/** Has the file operations, of which one is for `spec.replica`? */
export const hasReplicaOperations = ({ documents }: ManifestFile): boolean =>
  documents.some(document => operationsOf(document).some(isForReplica));

function operationEdits(document: ManifestDocument, field: string, value: string | null): MaybeEdit[] {
  const operations = operationsOf(document);
  // The last one wins.
  const own = operations.findLast(({ path }) => path === `${stanza}/${field}`);
  if (own && value !== null) return own.op === 'remove' ? [undefined] : scalarEdit(document, [own.at, 'value'], value);
  if (own) return own.op === 'remove' ? [] : [operations.length === 1 ? undefined : removeItem(document, [own.at])];
  const whole = operations.findLast(({ path }) => path === stanza);
  if (whole) return fieldEdit(document, [whole.at, 'value'], field, value);
  // Whether the manifest has the field is not known here, and `remove` of what is not there fails.
  if (value === null) return [];
  return [appendItem(document, [], ['op: add', `path: ${stanza}/${field}`, `value: ${plainText(value)}`])];
}

const stanza = '/spec/replica';

interface Operation {
  at: number;
  op: string | undefined;
  path: string | undefined;
}

const isForReplica = ({ path = '' }: Operation): boolean => path === stanza || path.startsWith(`${stanza}/`);

function operationsOf(document: ManifestDocument): Operation[] {
  const { root } = document;
  if (!isSeq(root)) return [];
  return root.items.map((_, at) => ({ at, op: textAt(document, [at, 'op']), path: textAt(document, [at, 'path']) }));
}

function textAt(document: ManifestDocument, path: Path): string | undefined {
  const node = placeOf(document, path)?.value;
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** Operations, or a merge that has the stanza; of one without a target its own name tells whom it is for. */
const setsReplica = (patch: ManifestFile, isNamed: ((name: string) => boolean) | undefined): boolean =>
  hasReplicaOperations(patch) ||
  patch.documents.some(
    document =>
      placeOf(document, ['spec', 'replica'])?.value !== undefined &&
      (!isNamed || (document.kind === 'Cluster' && document.name !== undefined && isNamed(document.name))),
  );

interface Entry {
  at: Path;
  patch: string | undefined;
  path: string | undefined;
  target: Record<string, unknown> | undefined;
}

const entriesOf = (document: ManifestDocument): Entry[] =>
  ['patches', 'patchesJson6902'].flatMap(field => {
    const entries = document.value[field];
    return (Array.isArray(entries) ? entries : []).filter(isRecord).map((entry, index) => ({
      at: [field, index],
      patch: asString(entry['patch']),
      path: asString(entry['path']),
      target: isRecord(entry['target']) ? entry['target'] : undefined,
    }));
  });

function isFor(target: Record<string, unknown>, object: ObjectName, kustomization: ManifestDocument): boolean {
  const [kind, name] = [asString(target['kind']), asString(target['name'])];
  const isNamed = named(object, kustomization);
  return (kind === undefined || isMatch(kind, object.kind)) && (name === undefined || isNamed(name));
}

/** A patch names the object as it is, or as it was before the kustomization put something around its name. */
function named({ name }: ObjectName, { value }: ManifestDocument): (pattern: string) => boolean {
  const [prefix, suffix] = [asString(value['namePrefix']) ?? '', asString(value['nameSuffix']) ?? ''];
  const bare =
    name.startsWith(prefix) && name.endsWith(suffix) ? name.slice(prefix.length, name.length - suffix.length) : name;
  return pattern => isMatch(pattern, name) || isMatch(pattern, bare);
}

/** What is no regular expression of Go's is a patch that Kustomize refuses. */
function isMatch(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).matches(text);
  } catch {
    return false;
  }
}

/** The text of a block scalar (`|`) without its indentation, and how another one is put in its place. */
function blockOf(
  document: ManifestDocument,
  path: Path,
): { inside: string; around: (text: string) => string } | undefined {
  const range = placeOf(document, path)?.value?.range;
  const source = range ? document.text.slice(range[0], range[1]) : '';
  const [, header, indent] = /^(\|[+-]?[ \t]*(?:#.*)?\r?\n)(?: *\r?\n)*( +)/.exec(source) ?? [];
  if (header === undefined || indent === undefined) return undefined;
  const each = (text: string, change: (line: string) => string): string => text.split('\n').map(change).join('\n');
  const around = (text: string): string => header + each(text, line => (line.trim() === '' ? line : indent + line));
  const inside = each(source.slice(header.length), line =>
    line.startsWith(indent) ? line.slice(indent.length) : line,
  );
  // What would not come out as it was is not written anew.
  return around(inside) === source ? { inside, around } : undefined;
}
