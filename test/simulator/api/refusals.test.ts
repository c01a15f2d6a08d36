import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApiServer } from '../../../src/simulator/api/server.ts';
import { bench, cluster, clusters } from './requests.ts';

const json = 'application/json';
const merge = 'application/merge-patch+json';

test('refusals have the status, reason and words of a real API server', async t => {
  const { send } = await bench(t, {
    allow: ({ subresource, verb, name, resource }) =>
      subresource === undefined && name !== 'secretive' && !(resource === 'secrets' && verb === 'list'),
  });
  await send('POST', clusters, cluster('a'));
  const stale = { metadata: { name: 'a', resourceVersion: '1' }, spec: { instances: 1 } };
  const modified =
    'Operation cannot be fulfilled on clusters.postgresql.cnpg.io "a": the object has been modified; please apply your changes to the latest version and try again';
  const cases: [method: string, path: string, body: unknown, type: string, code: number, words: string | RegExp][] = [
    ['POST', clusters, cluster('a'), json, 409, 'clusters.postgresql.cnpg.io "a" already exists'],
    ['PUT', `${clusters}/a`, stale, json, 409, modified],
    ['PATCH', `${clusters}/a`, stale, merge, 409, modified],
    [
      'PATCH',
      `${clusters}/a?fieldManager=other`,
      cluster('a', { instances: 4 }),
      'application/apply-patch+yaml',
      409,
      'Apply failed with 1 conflict: conflict with "node" using postgresql.cnpg.io/v1: .spec.instances',
    ],
    ['GET', `${clusters}/b`, undefined, json, 404, 'clusters.postgresql.cnpg.io "b" not found'],
    ['PUT', `${clusters}/b`, cluster('b'), json, 404, 'clusters.postgresql.cnpg.io "b" not found'],
    ['PATCH', `${clusters}/b`, {}, merge, 404, 'clusters.postgresql.cnpg.io "b" not found'],
    ['DELETE', `${clusters}/b`, undefined, json, 404, 'clusters.postgresql.cnpg.io "b" not found'],
    ['GET', '/api/v1/namespaces/default/nothings', undefined, json, 404, /could not find the requested resource/],
    ['GET', '/apis/example.org/v1/things', undefined, json, 404, /could not find the requested resource/],
    ['GET', '/elsewhere', undefined, json, 404, /could not find the requested resource/],
    ['GET', `${clusters}/%zz`, undefined, json, 400, /path/],
    ['GET', `${clusters}?continue=made-up`, undefined, json, 400, /continue key is not valid/],
    ['POST', clusters, '{"metadata":', json, 400, /not JSON/],
    ['POST', clusters, undefined, json, 400, /object/],
    ['POST', clusters, [1], json, 400, /object/],
    ['POST', clusters, { spec: {} }, json, 400, /no metadata/],
    ['POST', clusters, { metadata: {} }, json, 400, /name is required/],
    ['PUT', `${clusters}/a`, undefined, json, 400, /object/],
    ['PUT', `${clusters}/a`, cluster('z'), json, 400, /\(z\) does not match the name on the URL \(a\)/],
    ['PATCH', `${clusters}/a`, 7, merge, 400, /object/],
    ['PATCH', `${clusters}/a`, { metadata: { name: 'z' } }, merge, 400, /\(z\) does not match the name/],
    ['PATCH', `${clusters}/a`, { metadata: null }, merge, 400, /metadata/],
    ['PATCH', `${clusters}/a`, {}, 'application/json-patch+json', 400, /list of operations/],
    ['PATCH', `${clusters}/a`, { spec: {} }, 'application/strategic-merge-patch+json', 415, /unknown format/],
    [
      'PATCH',
      `${clusters}/a`,
      [{ op: 'test', path: '/spec/instances', value: 9 }],
      'application/json-patch+json',
      422,
      'the server rejected our request due to an error in our request',
    ],
    ['PATCH', `${clusters}/a`, { spec: null }, merge, 422, /spec: Required value/],
    [
      'GET',
      '/api/v1/namespaces/default/secrets',
      undefined,
      json,
      403,
      'secrets is forbidden: User "admin" cannot list resource "secrets" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      `${clusters}/secretive`,
      undefined,
      json,
      403,
      'clusters.postgresql.cnpg.io "secretive" is forbidden: User "admin" cannot get resource "clusters" in API group "postgresql.cnpg.io" in the namespace "default"',
    ],
    [
      'GET',
      '/api/v1/secrets',
      undefined,
      json,
      403,
      'secrets is forbidden: User "admin" cannot list resource "secrets" in API group "" at the cluster scope',
    ],
    [
      'PATCH',
      `${clusters}/a/status`,
      {},
      merge,
      403,
      'clusters.postgresql.cnpg.io "a" is forbidden: User "admin" cannot patch resource "clusters/status" in API group "postgresql.cnpg.io" in the namespace "default"',
    ],
  ];
  for (const [method, path, body, type, code, words] of cases) {
    const label = `${method} ${path} ${JSON.stringify(body)}`;
    const answer = await send(method, path, body, { 'content-type': type });
    assert.equal(answer.body.kind, 'Status', label);
    assert.equal(answer.code, code, `${label}: ${answer.body.message}`);
    assert.equal(answer.body.code, code, label);
    if (typeof words === 'string') assert.equal(answer.body.message, words, label);
    else assert.match(answer.body.message, words, label);
  }
});

test('only the known tokens are let in', async t => {
  const { send } = await bench(t);
  for (const authorization of ['', 'Bearer wrong', 'Bearer constructor', 'Bearer __proto__', 'Basic secret']) {
    const { code, body } = await send('GET', clusters, undefined, { authorization });
    assert.deepEqual([code, body.message], [401, 'Unauthorized'], authorization);
  }
});

test('an access review says what the rights say', async t => {
  const { send } = await bench(t, { allow: ({ verb, subresource }) => verb === 'get' && subresource !== 'proxy' });
  const cases: [attributes: object, allowed: boolean][] = [
    [{ verb: 'get', group: 'postgresql.cnpg.io', resource: 'clusters', namespace: 'default' }, true],
    [{ verb: 'patch', group: 'postgresql.cnpg.io', resource: 'clusters', namespace: 'default' }, false],
    [{ verb: 'get', resource: 'pods', subresource: 'proxy', namespace: 'default' }, false],
  ];
  for (const [resourceAttributes, allowed] of cases) {
    const { code, body } = await send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      spec: { resourceAttributes },
    });
    assert.deepEqual([code, body.status.allowed], [201, allowed]);
  }
});

test('a port in use is an error of the start', async t => {
  const { url } = await bench(t);
  await assert.rejects(startApiServer({ tokens: {}, port: Number(new URL(url).port) }), { code: 'EADDRINUSE' });
});
