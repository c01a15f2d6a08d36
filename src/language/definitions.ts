/** Where the manifests of objects are. */
import type { ManifestDocument, ManifestFile, Range } from './manifest.ts';
import { isOurs, placeOf, valueRange } from './manifest.ts';

/** An object as a Kubernetes cluster knows it. */
export interface ObjectName {
  kind: string;
  name: string;
  namespace: string;
}

export interface Definition {
  /** Of `metadata.name`. */
  range: Range;
  /** Absent: the namespace is given when the manifest is applied. */
  namespace?: string;
  /** It becomes a manifest only when it is rendered, and what is literal of its name fits. */
  template?: true;
}

/** The documents that define the object; one that says no namespace may define it in any. */
export const definitionsIn = (file: ManifestFile, object: ObjectName): Definition[] => {
  const whole = documentsOf(file, object);
  return [
    ...whole.map(document => ({
      range: valueRange(document, ['metadata', 'name']),
      ...(document.namespace !== undefined && { namespace: document.namespace }),
    })),
    ...file.documents
      .filter(document => document.template && !whole.includes(document))
      .flatMap(document => templateOf(document, object) ?? []),
  ];
};

/** Of files that together are all there is: a template counts only while no manifest defines the object. */
export function definitionsAmong<T extends Definition>(found: readonly T[]): readonly T[] {
  const manifests = found.filter(({ template }) => template !== true);
  return manifests.length > 0 ? manifests : found;
}

/** Templates of Helm are no YAML: read by their lines, as people indent them. */
function templateOf({ text, startLine }: ManifestDocument, object: ObjectName): Definition | undefined {
  if (!ownGroup.test(text) || kindLine.exec(text)?.[1] !== object.kind) return undefined;
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex(line => /^metadata:\s*$/.test(line)) + 1;
  if (first === 0) return undefined;
  const length = lines.slice(first).findIndex(line => /^[^\s#{]/.test(line));
  const metadata = lines.slice(first, length === -1 ? undefined : first + length);
  const value = (key: 'name' | 'namespace') => {
    const line = metadata.findIndex(each => new RegExp(`^ +${key}:`).test(each));
    const found = /^( +\w+: +)(.*?)(?:\s+#.*)?\s*$/.exec(metadata[line] ?? '');
    return found?.[1] === undefined || found[2] === undefined
      ? undefined
      : { line: startLine + first + line, character: found[1].length, text: found[2] };
  };
  const [name, namespace] = [value('name'), value('namespace')];
  if (!name || !fits(name.text, object.name) || (namespace && !fits(namespace.text, object.namespace)))
    return undefined;
  const { line, character } = name;
  return {
    range: { start: { line, character }, end: { line, character: character + name.text.length } },
    template: true,
  };
}

const ownGroup = /^apiVersion:\s*["']?(?:postgresql|barmancloud)\.cnpg\.io\//m;
const kindLine = /^kind:\s*["']?(\w+)/m;
/** What is replaced by something else: of Helm, and of Flux. */
const expression = /\{\{.*?\}\}|\$\{.*?\}/;

/** Could the text be rendered as that word? */
function fits(text: string, word: string): boolean {
  const literals = text.replace(/^(["'])(.*)\1$/, '$2').split(expression);
  const [first = '', ...others] = literals;
  const last = others.pop();
  if (last === undefined) return first === word;
  if (!word.startsWith(first)) return false;
  let at = first.length;
  for (const literal of others) {
    const found = word.indexOf(literal, at);
    if (found === -1) return false;
    at = found + literal.length;
  }
  return word.length - last.length >= at && word.endsWith(last);
}

/** The document whose `metadata.name` is on that line of the file. */
export const definitionAt = (file: ManifestFile, object: ObjectName, line: number): ManifestDocument | undefined =>
  documentsOf(file, object).find(document => valueRange(document, ['metadata', 'name']).start.line === line);

const documentsOf = (file: ManifestFile, { kind, name, namespace }: ObjectName): ManifestDocument[] =>
  file.documents.filter(
    document =>
      isOurs(document) &&
      document.kind === kind &&
      document.name === name &&
      (document.namespace ?? namespace) === namespace &&
      placeOf(document, ['metadata', 'name']) !== undefined,
  );
