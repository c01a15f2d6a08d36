/** Unknown fields, in the words of a real API server 1.36. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench, cluster, clusters } from './requests.ts';

const unknown = { storage: { size: '1Gi', sise: '2Gi' }, foo: 1 };
const asked = { authorization: 'Bearer secret', 'content-type': 'application/json' };

test('by default they are dropped, with a warning', async t => {
  const { url } = await bench(t);
  const body = JSON.stringify(cluster('a', unknown));
  const answer = await fetch(url + clusters, { method: 'POST', headers: asked, body });
  assert.equal(answer.status, 201);
  const warning = answer.headers.get('warning') ?? '';
  assert.match(warning, /299 - "unknown field \\"spec\.storage\.sise\\""/);
  assert.match(warning, /299 - "unknown field \\"spec\.foo\\""/);
  const { spec } = (await answer.json()) as { spec: Record<string, unknown> };
  assert.deepEqual([spec['foo'], spec['storage']], [undefined, { size: '1Gi' }]);
});

const patches: [type: 'merge' | 'json' | 'apply', body: unknown, code: number, message: RegExp][] = [
  ['merge', { spec: { foo: 1 } }, 422, /patch: Invalid value: .*: strict decoding error: unknown field "spec\.foo"$/],
  ['json', [{ op: 'add', path: '/spec/foo', value: 1 }], 422, /strict decoding error: unknown field "spec\.foo"$/],
  ['apply', cluster('a', { foo: 1 }), 500, /\.spec\.foo: field not declared in schema$/],
];
test('with fieldValidation=Strict they are refused', async t => {
  const { send, patch } = await bench(t);
  const { code, body } = await send('POST', `${clusters}?fieldValidation=Strict`, cluster('a', unknown));
  assert.equal(code, 400);
  assert.equal(
    body.message,
    'Cluster in version "v1" cannot be handled as a Cluster: strict decoding error: unknown field "spec.storage.sise", unknown field "spec.foo"',
  );
  await send('POST', clusters, cluster('a'));
  for (const [type, sent, wanted, message] of patches) {
    const refused = await patch(`${clusters}/a?fieldValidation=Strict&fieldManager=me&dryRun=All`, sent, type);
    assert.equal(refused.code, wanted);
    assert.match(refused.body.message, message);
  }
});

test('with fieldValidation=Ignore they are dropped in silence; other values do not exist', async t => {
  const { url, patch, send } = await bench(t);
  await send('POST', clusters, cluster('a'));
  const headers = { ...asked, 'content-type': 'application/merge-patch+json' };
  const body = JSON.stringify({ spec: { foo: 1 } });
  const answer = await fetch(`${url}${clusters}/a?fieldValidation=Ignore`, { method: 'PATCH', headers, body });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('warning'), null);
  const { code, body: refusal } = await patch(`${clusters}/a?fieldValidation=Nonsense`, { spec: {} });
  assert.equal(code, 422);
  assert.match(refusal.message, /supported values: "", "Ignore", "Strict", "Warn"/);
});
