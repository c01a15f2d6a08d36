/**
 * Objects of other products that manifests of ours lean on: Secrets and what makes them, Services. Only their names are read, by
 * a test that costs next to nothing, and never a value.
 */
export interface Neighbour {
  kind: 'Secret' | 'Service';
  name: string;
  namespace: string | undefined;
  /** Of the document's `kind`; 0-based. */
  line: number;
}

const makers: Record<string, Neighbour['kind']> = {
  Secret: 'Secret',
  SealedSecret: 'Secret',
  ExternalSecret: 'Secret',
  SecretProviderClass: 'Secret',
  VaultStaticSecret: 'Secret',
  Certificate: 'Secret',
  Service: 'Service',
};

const anyKind = new RegExp(`^kind:[ \\t]*["']?(?:${Object.keys(makers).join('|')})\\b`, 'm');
const kindLine = /^kind:[ \t]*["']?(\w+)["']?[ \t]*(?:#.*)?\r?$/m;

/** Of documents in block style; what is laid out otherwise is not seen. */
export function neighboursIn(text: string): Neighbour[] {
  if (!anyKind.test(text)) return [];
  let startLine = 0;
  return text.split(/^(?=---(?:\s|$))/m).flatMap(document => {
    const first = startLine;
    startLine += document.split('\n').length - 1;
    const found = kindLine.exec(document);
    const kind = makers[found?.[1] ?? ''];
    const metadata = /^metadata:[ \t]*\r?\n((?:[ \t]+.*\r?\n?|[ \t]*\r?\n)*)/m.exec(document)?.[1] ?? '';
    const name = field(metadata, 'name');
    if (!found || kind === undefined || name === undefined) return [];
    const namespace = field(metadata, 'namespace');
    // Some of them write a Secret of another name.
    const written = [
      ...document.matchAll(/^ {4,}name:[ \t]*["']?([\w.-]+)|^[ \t]+secretName:[ \t]*["']?([\w.-]+)/gm),
    ].map(([, target, secret]) => secret ?? target);
    const names = new Set([name, ...(kind === 'Secret' ? written.filter(each => each !== undefined) : [])]);
    const line = first + document.slice(0, found.index).split('\n').length - 1;
    return [...names].map(each => ({ kind, name: each, namespace, line }));
  });
}

const field = (metadata: string, name: string): string | undefined =>
  new RegExp(`^[ \\t]+${name}:[ \\t]*["']?([\\w.-]+)["']?[ \\t]*(?:#.*)?\\r?$`, 'm').exec(metadata)?.[1];
