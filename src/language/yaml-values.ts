/**
 * The values of a YAML document as the API server's decoder reads them: YAML 1.1 scalars without base 60, timestamps as text,
 * keys turned into strings, merge keys that may not meet. Source: sigs.k8s.io/yaml, asked through a real API server.
 */
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { TextError } from './yaml-text.ts';

/** Values below aliases that one document may have; a bomb of aliases has millions. */
const mostAliased = 100_000;

/** @throws never: what cannot be read is absent from the value and named in `errors` */
export function valuesOf(yaml: Document.Parsed): { value: unknown; errors: TextError[] } {
  const reader = new Reader(yaml);
  const value = reader.read(yaml.contents);
  return { value, errors: reader.errors };
}

class Reader {
  readonly errors: TextError[] = [];
  readonly #open = new Set<Node>();
  readonly #yaml: Document.Parsed;
  #depth = 0;
  #aliased = 0;

  constructor(yaml: Document.Parsed) {
    this.#yaml = yaml;
  }

  read(node: Node | null): unknown {
    if (this.#depth > 0 && ++this.#aliased > mostAliased) return null;
    if (isAlias(node)) return this.#alias(node);
    if (isMap(node)) return this.#map(node);
    if (isSeq(node)) return this.#within(node, () => node.items.map(item => this.read(item as Node | null)));
    return isScalar(node) ? this.#scalar(node) : null;
  }

  #report(node: Node | null | undefined, code: string, message: string): void {
    const [start = 0, end = 1] = node?.range ?? [];
    this.errors.push({ code, message, start, end });
  }

  /** A node cannot be inside itself. */
  #within<T>(node: Node, read: () => T): T {
    this.#open.add(node);
    try {
      return read();
    } finally {
      this.#open.delete(node);
    }
  }

  #alias(alias: Alias): unknown {
    const target = alias.resolve(this.#yaml);
    if (!target) {
      this.#report(alias, 'BAD_ALIAS', `There is no anchor "${alias.source}" above`);
      return null;
    }
    if (this.#open.has(target)) {
      this.#report(alias, 'BAD_ALIAS', `The anchor "${alias.source}" contains itself`);
      return null;
    }
    const before = this.#aliased;
    this.#depth++;
    const value = this.read(target);
    this.#depth--;
    if (this.#aliased > mostAliased && before <= mostAliased)
      this.#report(alias, 'BAD_ALIAS', 'The aliases stand for too many values');
    return value;
  }

  #map(map: YAMLMap): Record<string, unknown> {
    return this.#within(map, () => {
      const value: Record<string, unknown> = {};
      const seen = new Set<string>();
      for (const pair of map.items as Pair<Node, Node | null>[]) {
        if (isMergeKey(pair.key)) this.#merge(pair, value, seen);
        else this.#entry(pair, value, seen);
      }
      return value;
    });
  }

  #entry({ key, value: node }: Pair<Node, Node | null>, into: Record<string, unknown>, seen: Set<string>): void {
    const name = isScalar(key) ? keyName(key) : undefined;
    if (name === undefined) {
      this.#report(key, 'BAD_KEY', 'A key must be text, a number or a boolean');
      return;
    }
    if (seen.has(name)) this.#report(key, 'DUPLICATE_KEY', `"${name}" is there twice`);
    seen.add(name);
    setOwn(into, name, this.read(node));
  }

  /** Unlike in YAML itself, a key may not come both by merging and on its own. */
  #merge({ key, value: node }: Pair<Node, Node | null>, into: Record<string, unknown>, seen: Set<string>): void {
    const direct = isAlias(node) ? node.resolve(this.#yaml) : node;
    const sources = isSeq(direct) ? (direct.items as Node[]) : [node];
    for (const source of sources) {
      const merged = this.read(source);
      if (typeof merged !== 'object' || merged === null || Array.isArray(merged)) {
        this.#report(node ?? key, 'BAD_MERGE', 'A merge key needs a mapping, or a list of them');
        continue;
      }
      for (const [name, value] of Object.entries(merged)) {
        if (seen.has(name)) this.#report(key, 'DUPLICATE_KEY', `"${name}" is there twice, once by the merge`);
        seen.add(name);
        setOwn(into, name, value);
      }
    }
  }

  #scalar(scalar: Scalar): unknown {
    const read = readScalar(scalar);
    if (read === undefined) {
      this.#report(scalar, 'BAD_VALUE', `"${scalar.source ?? ''}" is no ${scalar.tag?.split(':').at(-1) ?? 'value'}`);
      return null;
    }
    if (typeof read === 'number' && !Number.isFinite(read)) {
      this.#report(scalar, 'BAD_VALUE', `JSON, into which this is turned, has no ${scalar.source ?? 'such number'}`);
      return null;
    }
    return read;
  }
}

/** `__proto__` is a key like any other. */
export function setOwn(into: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true });
  else into[name] = value;
}

/** A plain `<<`, which takes over the keys of its value. */
export const isMergeKey = (key: unknown): boolean => isScalar(key) && key.type === 'PLAIN' && key.value === '<<';

/** The name in JSON; `undefined` for an empty key, which the API server refuses. */
export function keyName(key: Scalar): string | undefined {
  const value = readScalar(key);
  return value === null || value === undefined ? undefined : String(value);
}

/** @returns `undefined` when the text does not fit its tag */
function readScalar({ value, type, tag }: Scalar): ScalarValue | undefined {
  const text = typeof value === 'string' ? value : '';
  const wanted = tag === undefined || !tag.startsWith(core) ? undefined : tag.slice(core.length);
  if (wanted === undefined) return type === 'PLAIN' && tag === undefined ? plain(text) : text;
  if (wanted === 'binary') return binary(text);
  const natural = plain(text);
  switch (wanted) {
    case 'int':
      return Number.isInteger(natural) ? natural : undefined;
    case 'float':
      return typeof natural === 'number' ? natural : undefined;
    case 'bool':
      return typeof natural === 'boolean' ? natural : undefined;
    case 'null':
      return natural === null ? null : undefined;
    default:
      return text;
  }
}

const core = 'tag:yaml.org,2002:';

/** Text in base64; `undefined` when it is none. */
function binary(text: string): string | undefined {
  if (!base64.test(text)) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(text.replace(/\s/g, '')), byte => byte.charCodeAt(0)));
}

const base64 = /^(?:[A-Za-z0-9+/]{4}|\s)*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\s*$/;
type ScalarValue = string | number | boolean | null;

const words = new Map<string, ScalarValue>(
  (
    [
      [null, '', '~', 'null', 'Null', 'NULL'],
      [true, 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'],
      [false, 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'],
      [Number.NaN, '.nan', '.NaN', '.NAN'],
      [Number.POSITIVE_INFINITY, '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'],
      [Number.NEGATIVE_INFINITY, '-.inf', '-.Inf', '-.INF'],
    ] as [ScalarValue, ...string[]][]
  ).flatMap(([value, ...texts]) => texts.map((text): [string, ScalarValue] => [text, value])),
);

/** What a plain scalar means. Digits may be parted by `_`; `0x`, `0o`, `0b` and a leading `0` name the base. */
export function plain(text: string): ScalarValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  const digits = text.replaceAll('_', '');
  const whole = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]+))$/.exec(digits);
  if (whole) {
    const [, sign, hex, octal, binary, leading] = whole;
    const number = hex
      ? Number.parseInt(hex, 16)
      : Number.parseInt(octal ?? leading ?? binary ?? '', binary === undefined ? 8 : 2);
    return sign === '-' ? -number : number;
  }
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits)) return text;
  const number = Number(digits);
  return Number.isFinite(number) ? number : text;
}
