import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { FieldDoc, KindSchema, Structure } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';
import { needsReference, reference } from '../support/shared.ts';

/** Which fields must have words, and the CRD files whose descriptions must not be among them. */
const documented = [
  {
    kind: 'Cluster',
    apiVersion: 'postgresql.cnpg.io/v1',
    file: 'cluster',
    crd: /^cloudnative-pg-.*\/.*_clusters\.yaml$/,
    covered: [
      /^spec\.(replica|externalClusters|bootstrap|backup|plugins)\b/,
      /^spec\.[^.]+$/,
      /^spec\.(postgresql|storage)\.[^.]+$/,
    ],
  },
  {
    kind: 'ObjectStore',
    apiVersion: 'barmancloud.cnpg.io/v1',
    file: 'object-store',
    crd: /^plugin-barman-cloud-.*\/.*objectstores\.yaml$/,
    covered: [/^spec\./],
  },
];

type Described = Structure & { description?: string };

/** Every field below, as `spec.externalClusters[].name`. What maps hold is left out: their keys are the user's. */
function fields(structure: Structure, at = ''): [string, Described][] {
  return Object.entries(structure.properties ?? {}).flatMap(([name, field]) => {
    const here = at === '' ? name : `${at}.${name}`;
    return [[here, field] as [string, Described], ...fields(field, here), ...fields(field.items ?? {}, `${here}[]`)];
  });
}

const readDocs = (file: string): { docs: Record<string, FieldDoc>; same: Record<string, string> } => {
  const text = fs.readFileSync(path.join(import.meta.dirname, `../../schemas/docs/${file}.json`), 'utf8');
  const { $same: same = {}, ...docs } = JSON.parse(text) as Record<string, FieldDoc> & {
    $same?: Record<string, string>;
  };
  return { docs, same };
};

for (const { kind, apiVersion, file, crd, covered } of documented) {
  const { docs, same } = readDocs(file);
  const of = (version: string): KindSchema => {
    const schema = schemas.kind(version, apiVersion, kind);
    assert.ok(schema, `${kind} in ${version}`);
    return schema;
  };
  const known = new Map(schemas.versions.map(v => [v, new Set(fields(of(v).structure).map(([at]) => at))]));
  const everywhere = new Set([...known.values()].flatMap(paths => [...paths]));
  const isShared = (at: string): boolean => Object.values(same).some(to => at === to || at.startsWith(`${to}.`));

  test(`${kind}: every field that matters here has words`, () => {
    const paths = [...(known.get(newest) ?? [])].filter(at => covered.some(pattern => pattern.test(at)));
    assert.ok(paths.length > 50);
    assert.deepEqual(
      paths.filter(at => !of(newest).doc(at)?.text),
      [],
    );
  });

  test(`${kind}: words are short and whole sentences`, () => {
    for (const [at, { text }] of Object.entries(docs)) {
      assert.ok(text.length <= 400, `${at} has ${text.length} characters`);
      assert.match(text, /\.$/, at);
    }
  });

  test(`${kind}: no words without a field`, () => {
    const strange = (at: string): boolean => !everywhere.has(at.replace(/\[\]$/, '')) && !isShared(at);
    assert.deepEqual(Object.keys(docs).filter(strange), []);
    assert.deepEqual(Object.keys(same).filter(strange), []);
  });

  test(`${kind}: what words are said to be shared exists`, () => {
    const told = (prefix: string): boolean =>
      Object.keys(docs).some(at => at === prefix || at.startsWith(`${prefix}.`));
    assert.deepEqual(
      Object.values(same).filter(to => !told(to)),
      [],
    );
  });

  test(`${kind}: "since" names the first supported version with the field`, () => {
    const oldestFirst = schemas.versions.toReversed();
    for (const at of everywhere) {
      const since = of(newest).doc(at)?.since ?? (docs[at] && oldestFirst[0]);
      if (since)
        assert.equal(
          oldestFirst.find(version => known.get(version)?.has(at)),
          since,
          at,
        );
    }
  });

  test(`${kind}: no description of the CRD is repeated`, needsReference, () => {
    const folder = path.join(reference, 'crds');
    const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => crd.test(name));
    assert.ok(files.length > 0);
    const said = new Set(files.flatMap(name => descriptions(path.join(folder, name))));
    assert.deepEqual(
      Object.entries(docs).filter(([, { text }]) => said.has(plain(text))),
      [],
    );
  });
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

function descriptions(file: string): string[] {
  const { spec } = parse(fs.readFileSync(file, 'utf8')) as {
    spec: { versions: { schema: { openAPIV3Schema: Structure } }[] };
  };
  return spec.versions.flatMap(({ schema }) =>
    fields(schema.openAPIV3Schema).flatMap(([, { description }]) => (description ? [plain(description)] : [])),
  );
}
