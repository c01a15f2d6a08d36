/** Kinds as clusters publish them: those of a supported version, and ones that nobody has seen. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { check, hover, parseFile } from '../../src/language/index.ts';
import { loadSchemas } from '../../src/server/schemas.ts';
import { createServedKinds } from '../../src/server/served-kinds.ts';
import { openApi } from '../../src/simulator/api/openapi.ts';

const groupVersion = 'postgresql.cnpg.io/v1';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-served-'));
after(() => fs.rmSync(folder, { recursive: true }));

interface Document {
  components: { schemas: Record<string, { properties: { spec: { properties: Record<string, unknown> } } }> };
}

/** What a cluster publishes, after a change of the Cluster's spec. */
function documentWith(change: (properties: Record<string, unknown>) => void): string {
  const document = structuredClone(openApi(['v3', 'apis', 'postgresql.cnpg.io', 'v1'])) as Document;
  const cluster = document.components.schemas['io.cnpg.Cluster'];
  assert.ok(cluster);
  change(cluster.properties.spec.properties);
  return JSON.stringify(document);
}

const manifest = (spec: string): string =>
  `apiVersion: ${groupVersion}\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  storage: {size: 1Gi}\n${spec}`;

function setUp(storage?: string) {
  const schemas = loadSchemas();
  const problems: string[] = [];
  const served = createServedKinds(schemas, storage, message => problems.push(message));
  const findings = (context: string, spec: string): string[] => {
    const version = served.nameOf(context) ?? assert.fail(`${context} is not known`);
    return check(parseFile(manifest(spec)), { schemas, version }).map(({ code, message }) => `${code}: ${message}`);
  };
  return { schemas, served, findings, problems };
}

test('a cluster of a supported version is checked as that one', () => {
  const { served, findings } = setUp();
  assert.deepEqual(served.take('eu', [{ groupVersion, hash: 'A' }]), [groupVersion]);
  assert.equal(served.nameOf('eu'), undefined);
  assert.deepEqual(served.take('eu', [{ groupVersion, hash: 'A', text: documentWith(() => undefined) }]), []);
  assert.deepEqual(served.take('eu', [{ groupVersion, hash: 'A' }]), []);
  assert.deepEqual(findings('eu', '  instances: 3\n'), []);
  assert.match(findings('eu', '  instances: many\n').join(), /schema\/type/);
  assert.match(findings('eu', '  logLevel: loud\n').join(), /schema\/enum/);
});

test('a cluster of another version is checked by its own CRD, with its own words', () => {
  const { schemas, served, findings } = setUp();
  const text = documentWith(properties => {
    delete properties['primaryLease'];
    properties['rocket'] = { type: 'integer', maximum: 9, description: 'Stages of the rocket.' };
  });
  served.take('eu', [{ groupVersion, hash: 'B', text }]);
  assert.deepEqual(findings('eu', '  rocket: 3\n'), []);
  assert.match(findings('eu', '  rocket: 10\n').join(), /schema\/bound: spec\.rocket must be at most 9/);
  assert.match(
    findings('eu', '  primaryLease: {}\n').join(),
    /schema\/version: .*exists since CloudNativePG 1\.30, and this is checked for what context eu serves/,
  );
  const file = parseFile(manifest('  rocket: 3\n'));
  const words = hover(file, { line: 6, character: 4 }, schemas, served.nameOf('eu') ?? '');
  assert.match(JSON.stringify(words), /Stages of the rocket/);
});

test('kinds of a group that is not installed are those of the newest version', () => {
  const { schemas, served } = setUp();
  served.take('eu', [{ groupVersion, hash: 'A', text: documentWith(() => undefined) }]);
  const version = served.nameOf('eu') ?? '';
  assert.equal(
    schemas.kind(version, 'barmancloud.cnpg.io/v1', 'ObjectStore')?.checkedFor,
    'the Barman Cloud plugin 0.14',
  );
  assert.match(schemas.kind(version, groupVersion, 'Cluster')?.checkedFor ?? '', /1\.30, as context eu serves it/);
});

test('they are remembered, and what is broken on disk is said and left out', () => {
  const first = setUp(folder);
  first.served.take('eu', [{ groupVersion, hash: 'A', text: documentWith(() => undefined) }]);
  fs.writeFileSync(path.join(folder, 'broken.json'), '{');
  const second = setUp(folder);
  assert.equal(second.served.nameOf('eu'), first.served.nameOf('eu'));
  assert.deepEqual(second.served.take('eu', [{ groupVersion, hash: 'A' }]), []);
  assert.deepEqual(second.served.take('eu', [{ groupVersion, hash: 'C' }]), [groupVersion]);
  assert.match(second.problems.join(), /broken\.json cannot be read/);
});

test('a malformed document is said', () => {
  for (const text of ['{', '[]', '{"components": {}}']) {
    const { served, problems } = setUp();
    served.take('eu', [{ groupVersion, hash: 'A', text }]);
    assert.match(problems.join(), /the schemas of postgresql\.cnpg\.io\/v1 cannot be read/);
  }
});
