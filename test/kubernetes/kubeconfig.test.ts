import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { Failure } from '../../src/errors.ts';
import { connect, defaultKubeconfigFiles, readKubeconfig } from '../../src/kubernetes/index.ts';

const token = 'token-that-nobody-may-see';

const config = (name: string, user: object = { token }, server = 'http://127.0.0.1:1'): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });

/** Writes the texts to files of a folder that goes with the test. */
function files(t: TestContext, ...texts: string[]): string[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return texts.map((text, at) => {
    const file = path.join(folder, `config-${at}`);
    fs.writeFileSync(file, text);
    return file;
  });
}

/** Why the context is not opened. */
async function opening(paths: string[], context: string): Promise<Failure> {
  const options = { context, files: paths, allowExecPlugins: false, log: () => undefined };
  const result = await connect(options, new AbortController().signal).catch((error: unknown) => error);
  assert.ok(result instanceof Failure, String(result));
  return result;
}

test('a file that cannot be used is one problem with its name and a way out, and a Failure when opened', async t => {
  const cases: [label: string, text: string, words: RegExp][] = [
    ['broken YAML', `users:\n- name: a\n  user: {token: ${token}\n]`, /Correct the file\./],
    ['a tab', `users:\n\t- token: ${token}`, /Correct the file\./],
    ['a duplicate key', `users: []\nusers: [{name: ${token}}]`, /Correct the file\./],
    ['empty', '', /Correct the file\./],
    ['a text', token, /clusters, users and contexts/],
    ['a list', '[1, 2]', /clusters, users and contexts/],
    ['clusters that are no list', `clusters: 7\nusers: ${token}\ncontexts: {}`, /clusters, users and contexts/],
    ['binary', `\u0000\u0001${token}`, /Correct the file\./],
  ];
  for (const [label, text, words] of cases) {
    const [file = ''] = files(t, text);
    const { contexts, problems } = readKubeconfig([file]);
    assert.deepEqual(contexts, [], label);
    assert.equal(problems.length, 1, label);
    const { message } = await opening([file], 'a');
    for (const said of [problems[0] ?? '', message]) {
      assert.match(said, words, label);
      assert.ok(said.includes(file), `${label}: ${said}`);
      assert.ok(!said.includes(token), `${label}: ${said}`);
    }
  }
});

test('a file that is not there, a folder, a file that may not be read', t => {
  const [file = ''] = files(t, config('a'));
  fs.chmodSync(file, 0);
  const cases: [file: string, words: RegExp][] = [
    [`${file}-none`, /there is no such file\. Set cnpg\.kubeconfig or KUBECONFIG/],
    [path.dirname(file), /it is a folder\. Name the file\./],
    // A superuser reads anyway.
    ...(process.getuid?.() === 0 ? [] : [[file, /may not be read/] as [string, RegExp]]),
  ];
  for (const [wanted, words] of cases) {
    const { problems } = readKubeconfig([wanted]);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', words);
    assert.ok(problems[0]?.startsWith(wanted));
  }
});

test('contexts that lack their cluster or user', async t => {
  const broken = { clusters: [], users: [], contexts: [{ name: 'a', context: { cluster: 'gone', user: 'gone' } }] };
  const [file = ''] = files(t, JSON.stringify(broken));
  assert.match(readKubeconfig([file]).problems[0] ?? '', /Context "a" names cluster "gone"/);
  assert.match((await opening([file], 'a')).message, /gone/);
  assert.match((await opening([file], 'b')).message, /not in/);

  const [userless = ''] = files(t, config('a').replace('"user":"a"', '"user":"gone"'));
  assert.match((await opening([userless], 'a')).message, /user "gone"/);
});

test('of several files the first entry of a name wins, and a broken one spoils nothing', t => {
  const [first = '', second = '', third = ''] = files(
    t,
    config('a', {}, 'http://first'),
    '{',
    JSON.stringify({ ...(JSON.parse(config('a', {}, 'http://third')) as object), 'current-context': 'other' }),
  );
  const [more = ''] = files(t, config('b'));
  const { contexts, current, problems } = readKubeconfig([first, second, third, more]);
  assert.deepEqual(
    contexts.map(c => [c.name, c.server]),
    [
      ['a', 'http://first'],
      ['b', 'http://127.0.0.1:1'],
    ],
  );
  assert.equal(current, 'a');
  assert.equal(problems.length, 1);
});

test('a tokenFile that cannot be read is said, and nothing of what is in the kubeconfig', async t => {
  const paths = files(t, config('a', { token, tokenFile: 'nowhere/token' }));
  const { message } = await opening(paths, 'a');
  assert.match(message, /Its token cannot be read: ENOENT.*nowhere.token.*Correct tokenFile/);
  assert.ok(!message.includes(token));
});

test('names are taken as they are', async t => {
  for (const name of ['__proto__', 'constructor', 'a/b', 'a b', '../..', 'arn:aws:eks:eu:1:cluster/x', 'ü"\n']) {
    const [file = ''] = files(t, config(name));
    const { contexts, problems } = readKubeconfig([file]);
    assert.deepEqual([contexts.map(c => c.name), problems], [[name], []]);
    const options = { context: name, files: [file], allowExecPlugins: false, log: () => undefined };
    const connection = await connect(options, new AbortController().signal);
    assert.equal(connection.context, name);
    connection.close();
  }
});

test('a user who logs in by a command is marked, and refused where commands may not run', async t => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch', args: ['never'], env: [] };
  const [file = ''] = files(t, config('a', { exec }));
  assert.equal(readKubeconfig([file]).contexts[0]?.runsExecPlugin, true);
  const failure = await opening([file], 'a');
  assert.equal(failure.code, 'exec-plugin');
  assert.match(failure.message, /Trust the workspace/);

  const provider = { 'auth-provider': { name: 'gcp', config: { 'cmd-path': 'touch', 'cmd-args': 'never' } } };
  const [old = ''] = files(t, config('a', provider));
  assert.equal(readKubeconfig([old]).contexts[0]?.runsExecPlugin, true);
  assert.equal((await opening([old], 'a')).code, 'exec-plugin');
});

test('the default files are those of kubectl', () => {
  const list = ['one', 'two'].join(path.delimiter);
  assert.deepEqual(defaultKubeconfigFiles({ KUBECONFIG: `${list}${path.delimiter}` }, 'home'), ['one', 'two']);
  assert.deepEqual(defaultKubeconfigFiles({}, 'home'), [path.join('home', '.kube', 'config')]);
});
