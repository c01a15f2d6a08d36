/** `spec.replica` of a manifest with other values: what else is in the file, comments, order and quotes stay as they are. */
import { isScalar } from 'yaml';
import type { ObjectName } from './definitions.ts';
import { definitionAt } from './definitions.ts';
import type { Edit, MaybeEdit } from './edits.ts';
import { addKey, applied, plainText, removeKey, setValue } from './edits.ts';
import type { ManifestDocument, ManifestFile, Path } from './manifest.ts';
import { placeOf } from './manifest.ts';

/** Fields of `spec.replica`; `null`: the field is removed. */
export type ReplicaValues = Readonly<Record<string, string | null>>;

export interface EditedText {
  text?: string;
  /** Why it has to be edited by hand. */
  problem?: string;
}

/**
 * A whole manifest and a strategic merge patch of Kustomize alike: both have the fields that they set in the same place.
 *
 * @param line where the name of the object stands, as its definition says
 * @returns the text, or why it has to be edited by hand
 */
export function withReplica(file: ManifestFile, object: ObjectName, line: number, values: ReplicaValues): EditedText {
  const document = definitionAt(file, object, line);
  if (!document) return { problem: 'It is not in the file any more.' };
  if (document.template) return { problem: 'It is a template: edit the values that it is rendered from.' };
  return withEdits(file, replicaEdits(document, values));
}

/** Of a whole manifest or a merge. */
export const replicaEdits = (document: ManifestDocument, values: ReplicaValues): MaybeEdit[] =>
  placeOf(document, ['spec', 'replica'])?.value
    ? Object.entries(values).flatMap(([field, value]) => fieldEdit(document, ['spec', 'replica'], field, value))
    : [wholeStanza(document, values)];

/** The text with all edits, or a word that there is no safe one. */
export function withEdits(file: ManifestFile, edits: readonly MaybeEdit[]): EditedText {
  const safe = edits.filter((edit): edit is Edit => edit !== undefined);
  if (safe.length < edits.length)
    return { problem: 'It is laid out so that no safe edit is known (flow style, aliases).' };
  return { text: applied(file.text, safe) };
}

/** Nothing to do is no edit; `undefined` among them: not known how. */
export function fieldEdit(document: ManifestDocument, parent: Path, field: string, value: string | null): MaybeEdit[] {
  const path = [...parent, field];
  const place = placeOf(document, path);
  if (value === null) return place ? [removeKey(document, path)] : [];
  if (!place) return [addKey(document, parent, field, plainText(value))];
  return scalarEdit(document, path, value);
}

/** In quotes as before; nothing when it has the value. */
export function scalarEdit(document: ManifestDocument, path: Path, value: string): MaybeEdit[] {
  const before = placeOf(document, path)?.value;
  if (!isScalar(before)) return [setValue(document, path, plainText(value))];
  return before.value === value ? [] : [setValue(document, path, likeBefore(before.type, value))];
}

const likeBefore = (style: string | undefined, value: string): string =>
  style === 'QUOTE_DOUBLE'
    ? JSON.stringify(value)
    : style === 'QUOTE_SINGLE'
      ? `'${value.replaceAll("'", "''")}'`
      : plainText(value);

function wholeStanza(document: ManifestDocument, values: ReplicaValues): MaybeEdit {
  const lines = Object.entries(values).flatMap(([field, value]) =>
    value === null ? [] : [`  ${field}: ${plainText(value)}`],
  );
  return addKey(document, ['spec'], 'replica', `\n${lines.join('\n')}`);
}
