/** Reads `schemas/` and the validators that the build made of it, each on first use. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FieldDoc, KindSchema, PostgresParameters, Schemas, Violation } from '../language/index.ts';
import { projectRoot } from './project-root.ts';
import type { PublishedKind } from './published.ts';
import type { StoredKind } from './structure.ts';

type Validator = ((value: unknown) => boolean) & { errors?: Violation[] | null };

/** Of the Barman Cloud plugin there is one supported version; it goes with every version of CNPG. */
const pluginFile = 'barman-cloud-0.14';

export interface LoadedSchemas extends Schemas {
  /**
   * Takes in the kinds that a cluster serves. `kind` and `kinds` know them by `name`, in the place of a version; other kinds
   * need another name.
   *
   * @param place says in messages where they are served: `context eu`
   */
  importKinds(name: string, place: string, published: readonly PublishedKind[]): void;
}

/** @throws Error when the build is incomplete */
export function loadSchemas(root = projectRoot()): LoadedSchemas {
  const folder = path.join(root, 'schemas');
  const validators = path.join(root, 'dist', 'validators');
  const index = readJson<Record<string, Record<string, string>>>(path.join(validators, 'index.json'));
  const load = createRequire(path.join(validators, 'index.json'));
  const versions = Object.keys(index)
    .flatMap(name => /^cnpg-(.+)$/.exec(name)?.[1] ?? [])
    .sort((a, b) => b.localeCompare(a, undefined, { numeric: true }));
  const structures = cached((file: string) => readJson<StoredKind[]>(path.join(folder, `${file}.json`)));
  const parameters = cached((file: string) => readJson<PostgresParameters>(path.join(folder, `${file}.json`)));
  const docs = cached(
    (name: string): Words => readDocs(path.join(folder, 'docs', `${name}.json`), other => docs(other)),
  );
  const imported = new Map<
    string,
    { published: readonly PublishedKind[]; kind: (key: string) => KindSchema | undefined }
  >();

  const fileOf = (version: string, apiVersion: string): string =>
    apiVersion.startsWith('barmancloud.') ? pluginFile : `cnpg-${version}`;

  const find = (version: string, apiVersion: string, kind: string): StoredKind | undefined =>
    structures(fileOf(version, apiVersion)).find(entry => entry.kind === kind && entry.apiVersion === apiVersion);

  const bundled = cached((key: string): KindSchema | undefined => {
    const [version = '', apiVersion = '', kind = ''] = key.split(' ');
    const file = fileOf(version, apiVersion);
    const found = find(version, apiVersion, kind);
    if (!found) return undefined;
    let validator: Validator | undefined;
    return {
      ...described(found),
      version,
      checkedFor: file === pluginFile ? 'the Barman Cloud plugin 0.14' : `CloudNativePG ${version}`,
      violations(value) {
        validator ??= load(`./${index[file]?.[kind] ?? ''}`) as Validator;
        return validator(value) ? [] : (validator.errors ?? []);
      },
      doc: at => docs(docsName(kind))(at),
    };
  });

  const described = ({ apiVersion, kind, schema, scope, replicas }: StoredKind) => ({
    structure: schema,
    scope,
    ...(replicas !== undefined && { replicas: replicas.split('.').slice(1) }),
    history: () =>
      versions.toReversed().flatMap(version => {
        const structure = find(version, apiVersion, kind)?.schema;
        return structure ? [{ version, structure }] : [];
      }),
  });

  /** A kind as a cluster serves it. Most often it is that of a supported version, whose validator is there already. */
  function importedKind(name: string, place: string, published: PublishedKind): KindSchema {
    const { apiVersion, kind, schema, descriptions } = published;
    const same = versions.find(version => isDeepStrictEqual(find(version, apiVersion, kind)?.schema, schema));
    const known = same === undefined ? undefined : bundled(`${same} ${apiVersion} ${kind}`);
    if (known) return { ...known, checkedFor: `${known.checkedFor}, as ${place} serves it` };
    const own = docs(docsName(kind));
    let validator: Validator | undefined;
    return {
      ...described(published),
      version: name,
      checkedFor: `what ${place} serves`,
      violations(value) {
        validator ??= (load('../compile.js') as { compile: (of: StoredKind) => Validator }).compile(published);
        return validator(value) ? [] : (validator.errors ?? []);
      },
      doc(at) {
        const text = descriptions.get(at);
        return own(at) ?? (text === undefined ? undefined : { text });
      },
    };
  }

  /** Where a group is not served at all, it may come with the manifests; then it is that of the newest version. */
  const served = (version: string, apiVersion: string) => {
    const found = imported.get(version);
    return found?.published.some(entry => entry.apiVersion === apiVersion) ? found : undefined;
  };
  const known = (version: string): string => (imported.has(version) ? (versions[0] ?? '') : version);

  return {
    versions,
    kind(version, apiVersion, kind) {
      const live = served(version, apiVersion);
      return live ? live.kind(`${apiVersion} ${kind}`) : bundled(`${known(version)} ${apiVersion} ${kind}`);
    },
    kinds: (version, apiVersion) =>
      (served(version, apiVersion)?.published ?? structures(fileOf(known(version), apiVersion)))
        .filter(entry => entry.apiVersion === apiVersion)
        .map(entry => entry.kind),
    get parameters() {
      return parameters('postgresql');
    },
    importKinds(name, place, published) {
      const kind = cached((key: string) => {
        const found = published.find(entry => key === `${entry.apiVersion} ${entry.kind}`);
        return found && importedKind(name, place, found);
      });
      imported.set(name, { published, kind });
    },
  };
}

const readJson = <T>(file: string): T => JSON.parse(fs.readFileSync(file, 'utf8')) as T;

function cached<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return key => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key) as T;
  };
}

/** `ObjectStore` → `object-store` */
const docsName = (kind: string): string => kind.replace(/\B[A-Z]/g, '-$&').toLowerCase();

/** @param hops how often `$same` may still be followed, so that a circle ends */
type Words = (at: string, hops?: number) => FieldDoc | undefined;

/**
 * Words by path. `$same` says which parts share theirs: prefix → prefix, of another kind's file when that is named:
 * `spec.managed.roles[]` → `database-role#spec`.
 */
function readDocs(file: string, other: (name: string) => Words): Words {
  if (!fs.existsSync(file)) return () => undefined;
  const { $same = {}, ...docs } = readJson<Record<string, FieldDoc> & { $same?: Record<string, string> }>(file);
  const prefixes = Object.entries($same).sort(([a], [b]) => b.length - a.length);
  const find: Words = (at, hops = 4) => {
    if (Object.hasOwn(docs, at)) return docs[at];
    const same = prefixes.find(
      ([prefix]) => at === prefix || at.startsWith(`${prefix}.`) || at.startsWith(`${prefix}[`),
    );
    if (!same || hops === 0) return undefined;
    const [, name, to = ''] = /^(?:(.+)#)?(.*)$/.exec(same[1]) ?? [];
    return (name === undefined ? find : other(name))(to + at.slice(same[0].length), hops - 1);
  };
  return find;
}
