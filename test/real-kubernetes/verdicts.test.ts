/** What is said of manifests without a cluster is held against a real API server: the rules in CEL, and random manifests. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, compare } from '../../scripts/fuzz/schema.ts';
import type { Connection } from '../../src/kubernetes/contract.ts';
import { connect } from '../../src/kubernetes/index.ts';
import { publishedKinds } from '../../src/server/published.ts';
import { celCases, manifestOf } from '../support/cel-cases.ts';
import type { ControlPlane } from './control-plane.ts';
import { findBinaries, startControlPlane } from './control-plane.ts';
import { installDefinitions, kindsOf } from './definitions.ts';
import { kubeconfigOf } from './objects.ts';

const root = path.resolve(import.meta.dirname, '../..');
const binaries = findBinaries();
const needsBinaries = { skip: typeof binaries === 'string' ? `no API server: ${binaries}` : false, timeout: 180_000 };
let plane: ControlPlane;

before(async () => {
  if (typeof binaries === 'string') return;
  plane = await startControlPlane(binaries.folder);
  await installDefinitions(plane, root);
});
after(() => plane?.stop());

const definitionOf = (kind: string) => {
  const found = kindsOf(root).find(each => each.kind === kind);
  assert.ok(found, kind);
  return found;
};

test('rules in CEL refuse and take what a real API server does', needsBinaries, async () => {
  for (const { kind, spec, before: old, refused } of celCases) {
    const definition = definitionOf(kind);
    const answer = old
      ? await askUpdate(kind, old, spec)
      : await ask(plane.admin, definition, { text: manifestOf(kind, spec), dryRun: true });
    const shown = `${kind} ${JSON.stringify(spec)} after ${JSON.stringify(old)}: ${answer.code} ${answer.message}`;
    if (refused === undefined) assert.ok(answer.code < 300, shown);
    else assert.ok(answer.code === 422, shown);
    if (refused !== undefined && !/Duplicate value/.test(answer.message))
      assert.ok(answer.message.includes(refused), shown);
  }
});

async function askUpdate(kind: string, old: object, spec: object) {
  const definition = definitionOf(kind);
  const created = await ask(plane.admin, definition, { text: manifestOf(kind, old) });
  assert.ok(created.code < 300, `${kind}: ${created.message}`);
  const { metadata } = created.object as { metadata: { name: string; resourceVersion: string } };
  const text = manifestOf(kind, spec).replace('  name: case\n', `$&  resourceVersion: "${metadata.resourceVersion}"\n`);
  const answer = await ask(plane.admin, definition, { text, dryRun: true, name: metadata.name });
  await ask(plane.admin, definition, { name: metadata.name, remove: true });
  return answer;
}

test('the schemas that it publishes are those of the CRDs, for a user without any right', needsBinaries, async () => {
  const stopping = new AbortController();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-published-'));
  try {
    const kubeconfig = path.join(folder, 'kubeconfig');
    fs.writeFileSync(kubeconfig, kubeconfigOf({ viewer: plane.viewer }));
    const connection = await connect(
      { context: 'viewer', files: [kubeconfig], allowExecPlugins: false, log: () => undefined },
      stopping.signal,
    );
    const published = (await untilPublished(connection, stopping.signal)).flatMap(publishedKinds);
    for (const { plural: _, ...known } of kindsOf(root)) {
      const { descriptions: __, ...found } =
        published.find(({ kind }) => kind === known.kind) ?? assert.fail(known.kind);
      assert.deepEqual(found, known);
    }
  } finally {
    stopping.abort();
    fs.rmSync(folder, { recursive: true });
  }
});

/** Documents of CRDs are there some moments after their kinds are served. */
async function untilPublished(connection: Connection, signal: AbortSignal): Promise<string[]> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const schemas = await connection.publishedSchemas(signal);
    const texts = await Promise.all(schemas.map(({ read }) => read(signal)));
    if (texts.flatMap(publishedKinds).length === kindsOf(root).length) return texts;
    await sleep(200);
  }
  throw new Error('not all kinds are published');
}

test('random manifests', needsBinaries, async () => {
  const { asked, disagreements } = await compare(plane, { count: 100, seed: 2026 });
  assert.ok(asked > 1000);
  assert.deepEqual(disagreements, []);
});
