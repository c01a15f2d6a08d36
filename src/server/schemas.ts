/** Reads `schemas/` and the validators that the build made of it, each on first use. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { FieldDoc, KindSchema, Schemas, Structure, Violation } from '../language/index.ts';

interface StoredKind {
  kind: string;
  scope: 'Namespaced' | 'Cluster';
  apiVersion: string;
  /** `.spec.instances`: path of the number of replicas, where there is a `scale` subresource. */
  replicas?: string;
  schema: Structure;
}

type Validator = ((value: unknown) => boolean) & { errors?: Violation[] | null };

/** Of the Barman Cloud plugin there is one supported version; it goes with every version of CNPG. */
const pluginFile = 'barman-cloud-0.14';

/** @throws Error when the build is incomplete */
export function loadSchemas(root = projectRoot()): Schemas {
  const folder = path.join(root, 'schemas');
  const validators = path.join(root, 'dist', 'validators');
  const index = readJson<Record<string, Record<string, string>>>(path.join(validators, 'index.json'));
  const load = createRequire(path.join(validators, 'index.json'));
  const versions = Object.keys(index)
    .flatMap(name => /^cnpg-(.+)$/.exec(name)?.[1] ?? [])
    .sort((a, b) => b.localeCompare(a, undefined, { numeric: true }));
  const structures = cached((file: string) => readJson<StoredKind[]>(path.join(folder, `${file}.json`)));
  const docs = cached((name: string) => readDocs(path.join(folder, 'docs', `${name}.json`)));

  const fileOf = (version: string, apiVersion: string): string =>
    apiVersion.startsWith('barmancloud.') ? pluginFile : `cnpg-${version}`;

  const find = (file: string, apiVersion: string, kind: string): StoredKind | undefined =>
    structures(file).find(entry => entry.kind === kind && entry.apiVersion === apiVersion);

  const kinds = cached((key: string): KindSchema | undefined => {
    const [version = '', apiVersion = '', kind = ''] = key.split(' ');
    const file = fileOf(version, apiVersion);
    const found = find(file, apiVersion, kind);
    if (!found) return undefined;
    let validator: Validator | undefined;
    return {
      version,
      checkedFor: file === pluginFile ? 'the Barman Cloud plugin 0.14' : `CloudNativePG ${version}`,
      history: () => history(apiVersion, kind),
      structure: found.schema,
      scope: found.scope,
      ...(found.replicas !== undefined && { replicas: found.replicas.split('.').slice(1) }),
      violations(value) {
        validator ??= load(`./${index[file]?.[kind] ?? ''}`) as Validator;
        return validator(value) ? [] : (validator.errors ?? []);
      },
      doc: at => docs(docNames[kind] ?? kind.toLowerCase())(at),
    };
  });

  const history = (apiVersion: string, kind: string): { version: string; structure: Structure }[] =>
    versions.toReversed().flatMap(version => {
      const structure = find(fileOf(version, apiVersion), apiVersion, kind)?.schema;
      return structure ? [{ version, structure }] : [];
    });

  return {
    versions,
    kind: (version, apiVersion, kind) => kinds(`${version} ${apiVersion} ${kind}`),
    kinds: (version, apiVersion) =>
      structures(fileOf(version, apiVersion))
        .filter(entry => entry.apiVersion === apiVersion)
        .map(entry => entry.kind),
  };
}

/** The folder with `schemas/`, seen from the bundle in `dist/` or from `src/server/`. */
function projectRoot(): string {
  const here = import.meta.dirname;
  const found = ['..', '../..'].map(up => path.join(here, up)).find(root => fs.existsSync(path.join(root, 'schemas')));
  if (found === undefined) throw new Error(`the schemas are missing near ${here}`);
  return found;
}

const readJson = <T>(file: string): T => JSON.parse(fs.readFileSync(file, 'utf8')) as T;

function cached<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return key => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key) as T;
  };
}

const docNames: Record<string, string> = { ObjectStore: 'object-store' };

/** Words by path. `$same` says which parts share theirs: prefix → prefix. */
function readDocs(file: string): (at: string) => FieldDoc | undefined {
  if (!fs.existsSync(file)) return () => undefined;
  const { $same = {}, ...docs } = readJson<Record<string, FieldDoc> & { $same?: Record<string, string> }>(file);
  const prefixes = Object.entries($same).sort(([a], [b]) => b.length - a.length);
  const find = (at: string, hops: number): FieldDoc | undefined => {
    if (Object.hasOwn(docs, at)) return docs[at];
    const same = prefixes.find(
      ([prefix]) => at === prefix || at.startsWith(`${prefix}.`) || at.startsWith(`${prefix}[`),
    );
    return same && hops > 0 ? find(same[1] + at.slice(same[0].length), hops - 1) : undefined;
  };
  return at => find(at, 4);
}
