import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { FieldDoc, Structure } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';
import { needsReference, reference } from '../support/shared.ts';

/** All kinds there are. Each has its words in a file of its name. */
const documented = ['postgresql.cnpg.io/v1', 'barmancloud.cnpg.io/v1'].flatMap(apiVersion =>
  schemas.kinds(newest, apiVersion).map(kind => ({ apiVersion, kind, file: fileOf(kind) })),
);

/** Types of Kubernetes itself: where CloudNativePG takes them in there must be words, but not for what they hold. */
const kubernetes = new RegExp(
  [
    '(affinity\\.(nodeAffinity|additionalPodAffinity|additionalPodAntiAffinity)|pvcTemplate|ephemeralVolumeSource)\\.',
    '(projectedVolumeTemplate|[sS]ecurityContext|^spec\\.resources|[tT]emplate\\.spec)\\.',
    '(tolerations|topologySpreadConstraints|^spec\\.env|^spec\\.envFrom|Relabelings)\\[\\]\\.',
  ].join('|'),
);

type Described = Structure & { description?: string };

/** Every field below, as `spec.externalClusters[].name` and `spec.backup.tags.*`. */
function fields(structure: Structure, at = ''): [string, Described][] {
  const { properties = {}, items, additionalProperties: values } = structure;
  const below = at === '' ? '' : `${at}.`;
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      [`${below}${name}`, field] as [string, Described],
      ...fields(field, `${below}${name}`),
    ]),
    ...(items ? fields(items, `${at}[]`) : []),
    ...(typeof values === 'object' ? fields(values, `${below}*`) : []),
  ];
}

function fileOf(kind: string): string {
  return kind.replace(/\B[A-Z]/g, '-$&').toLowerCase();
}

interface Docs {
  docs: Record<string, FieldDoc>;
  same: Record<string, string>;
}

function readDocs(file: string): Docs {
  const text = fs.readFileSync(path.join(import.meta.dirname, `../../schemas/docs/${file}.json`), 'utf8');
  const { $same: same = {}, ...docs } = JSON.parse(text) as Record<string, FieldDoc> & { $same?: Docs['same'] };
  return { docs, same };
}

const oldestFirst = schemas.versions.toReversed();

for (const { kind, apiVersion, file } of documented) {
  const { docs, same } = readDocs(file);
  const inForce = schemas.kind(newest, apiVersion, kind);
  const known = new Map(
    oldestFirst.flatMap(version => {
      const schema = schemas.kind(version, apiVersion, kind);
      return schema ? [[version, new Set(fields(schema.structure).map(([at]) => at))]] : [];
    }),
  );
  const everywhere = new Set([...known.values()].flatMap(paths => [...paths]));
  const isShared = (at: string): boolean => Object.values(same).some(to => at === to || at.startsWith(`${to}.`));

  test(`${kind}: the kind and every field of CloudNativePG's own has words`, () => {
    const paths = [...(known.get(newest) ?? [])].filter(
      at => at === 'kind' || (at.startsWith('spec.') && !kubernetes.test(at)),
    );
    assert.ok(paths.includes('kind'));
    assert.deepEqual(
      paths.filter(at => !inForce?.doc(at)?.text),
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
    const strange = (at: string): boolean => !everywhere.has(at.replace(/(\[\]|\.\*)$/, '')) && !isShared(at);
    assert.deepEqual(Object.keys(docs).filter(strange), []);
    assert.deepEqual(Object.keys(same).filter(strange), []);
  });

  test(`${kind}: what words are said to be shared exists`, () => {
    const told = (to: string): boolean => {
      const [prefix = '', from = file] = to.split('#').toReversed();
      return Object.keys(readDocs(from).docs).some(at => at === prefix || at.startsWith(`${prefix}.`));
    };
    assert.deepEqual(
      Object.values(same).filter(to => !told(to)),
      [],
    );
  });

  test(`${kind}: "since" names the first supported version with a field, at least when what it is in is older`, () => {
    const first = (at: string): string | undefined => oldestFirst.find(version => known.get(version)?.has(at));
    for (const at of everywhere) {
      const doc = inForce?.doc(at);
      const above = first(at.replace(/(\[\]|\.\*)?\.[^.]+$/, ''));
      if (doc) assert.equal(doc.since ?? (at === 'kind' ? oldestFirst[0] : above), first(at), at);
    }
  });
}

test('no sentence stands twice', () => {
  const texts = documented.flatMap(({ file }) =>
    Object.entries(readDocs(file).docs).map(([at, { text }]) => [text, `${file} ${at}`]),
  );
  const twice = texts.filter(([text], index) => texts.findIndex(([other]) => other === text) !== index);
  assert.deepEqual(twice, []);
});

test('no description of a CRD is repeated', needsReference, () => {
  const folder = path.join(reference, 'crds');
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml'));
  assert.ok(files.length > 0);
  const said = new Set(files.flatMap(name => descriptions(path.join(folder, name))));
  for (const { file } of documented)
    assert.deepEqual(
      Object.entries(readDocs(file).docs).filter(([, { text }]) => said.has(plain(text))),
      [],
      file,
    );
});

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
