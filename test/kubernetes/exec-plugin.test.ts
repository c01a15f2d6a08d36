import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { Failure } from '../../src/errors.ts';
import { createExecPlugin, lastLine } from '../../src/kubernetes/exec-plugin.ts';
import type { ExecPlugin } from '../../src/kubernetes/exec-plugin.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { open } from './connection-cases.ts';

const secret = 'token-that-nobody-may-see';

/** A plugin that runs this script with Node. */
function plugin(t: TestContext, script: string, limit?: number): ExecPlugin {
  const exec = { command: process.execPath, args: ['-e', script], provideClusterInfo: true };
  const made = createExecPlugin(exec, 'eu', { url: 'https://eu.example.org' }, limit);
  t.after(() => made.close());
  return made;
}

async function failure(promise: Promise<unknown>): Promise<string> {
  const result = await promise.catch((error: unknown) => error);
  assert.ok(result instanceof Failure, String(result));
  assert.equal(result.code, 'exec-plugin');
  assert.ok(!result.message.includes(secret));
  return result.message;
}

const answer = (status: string): string => `console.log(JSON.stringify({ kind: 'ExecCredential', status: ${status} }))`;

test('one run for all who wait, until its credential ends or is refused', async t => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'exec-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = JSON.stringify(path.join(folder, 'runs'));
  const count = `const fs = require('fs'); fs.appendFileSync(${file}, 'x'); const n = fs.readFileSync(${file}).length;`;
  const made = plugin(t, `${count} ${answer("{ token: 'run ' + n }")}`);
  const tokens = await Promise.all([made.credential(), made.credential(), made.credential()]);
  assert.deepEqual(
    tokens.map(({ token }) => token),
    ['run 1', 'run 1', 'run 1'],
  );
  assert.equal((await made.credential()).token, 'run 1');
  made.forget();
  assert.equal((await made.credential()).token, 'run 2');
  const soon = plugin(
    t,
    `${count} ${answer("{ token: 'run ' + n, expirationTimestamp: new Date(Date.now() + 5000) }")}`,
  );
  assert.equal((await soon.credential()).token, 'run 3');
  assert.equal((await soon.credential()).token, 'run 4', 'one that ends within 10 s is not begun with');
});

test('it is told of the Kubernetes cluster', async t => {
  const made = plugin(t, answer('{ token: JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec.cluster.server }'));
  assert.equal((await made.credential()).token, 'https://eu.example.org');
});

test('what goes wrong is told in its last words, never with a credential', async t => {
  const cases: [label: string, script: string, words: RegExp][] = [
    [
      'stderr',
      `console.error('first\\nThe SSO session has expired'); process.exit(3)`,
      /code 3\. The SSO session has expired\. Run/,
    ],
    ['a token in stderr', `console.error('bad token: ${secret}'); process.exit(1)`, /bad token: …/],
    ['no JSON', `console.log('${secret}')`, /no ExecCredential/],
    ['null', `console.log('null')`, /no ExecCredential/],
    ['nothing in it', answer(`{ clientCertificateData: '${secret}' }`), /no ExecCredential/],
  ];
  for (const [label, script, words] of cases) assert.match(await failure(plugin(t, script).credential()), words, label);
});

test('one that does not end is ended', async t => {
  const made = plugin(t, `console.error('Open the browser'); setTimeout(() => {}, 60_000)`, 300);
  assert.match(await failure(made.credential()), /did not end within .* Open the browser\./);
});

test('a command that is not there', async () => {
  const exec = {
    command: '/home/somebody/bin/login-to-it',
    installHint: 'Install login-to-it from the portal.\nThen …',
  };
  const words = await failure(createExecPlugin(exec, 'eu', { url: '' }).credential());
  assert.match(words, /by the command login-to-it: There is no such command.* Install login-to-it from the portal\.$/);
});

test('last lines without what looks like a credential', () => {
  const cases: [text: string, shown: string][] = [
    ['', ''],
    ['Unable to locate credentials. Run "aws login".', 'Unable to locate credentials. Run "aws login".'],
    ['\u001B[31merror\u001B[0m: no such host', 'error: no such host.'],
    ['got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'got ….'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer ….'],
    ['{"refresh_token":"0.AXoA1","error":"invalid_grant"}', '{"refresh_token":…","error":"invalid_grant"}.'],
    ['https://user:pass@idp.example.org failed', 'https://…@idp.example.org failed.'],
    ['AADSTS70043: sign in again', 'AADSTS70043: sign in again.'],
    ['key AKIAIOSFODNN7EXAMPLEAKIAIOSFODNN7 is gone', 'key … is gone.'],
  ];
  for (const [text, shown] of cases) assert.equal(lastLine(text), shown);
});

test('a token that is refused is made anew once, and its failure is said', async t => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'exec-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'token');
  fs.writeFileSync(file, 'first');
  const tokens: Record<string, string> = { first: 'admin' };
  const server = await startApiServer({ tokens });
  t.after(() => server.stop());
  const script = answer(`{ token: require('fs').readFileSync(${JSON.stringify(file)}, 'utf8') }`);
  const user = {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', script] },
  };
  const endpoint = { relay: { url: server.url } as never, cluster: { 'insecure-skip-tls-verify': true } };
  const { until, connection } = await open(t, { ...endpoint, users: { admin: user, viewer: {} } });
  await until(({ state }) => state === 'connected', 'connected');
  delete tokens['first'];
  tokens['second'] = 'admin';
  fs.writeFileSync(file, 'second');
  const access = { verb: 'get', group: '', resource: 'pods', namespace: 'default' } as const;
  const { allowed } = await connection.canI(access, new AbortController().signal);
  assert.equal(allowed, true);
  delete tokens['second'];
  server.faults.cutWatches();
  const refused = await until(({ state }) => state === 'failed', 'the refusal');
  assert.match(refused.error ?? '', /HTTP 401: Unauthorized\. Log in again/);
});
