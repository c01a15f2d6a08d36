import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { kubectlLines, quote } from '../../src/commands/kubectl-line.ts';
import { programPaths } from '../../src/commands/program-paths.ts';

const cluster = { context: 'eu', kind: 'Cluster', namespace: 'default', name: 'cluster-eu' } as const;

test('a Cluster is read by kubectl and by its plugin', () =>
  assert.deepEqual(kubectlLines(cluster, [], 'posix'), [
    'kubectl --context eu --namespace default get clusters.postgresql.cnpg.io/cluster-eu --output yaml',
    'kubectl cnpg status cluster-eu --context eu --namespace default',
  ]));

test('kubeconfig files that kubectl would not read by itself are named', () => {
  const pod = { ...cluster, kind: 'Pod', name: 'cluster-eu-1', context: 'admin@eu prod' } as const;
  assert.deepEqual(kubectlLines(pod, ['/a b/config'], 'posix'), [
    `kubectl --context 'admin@eu prod' --namespace default get pod/cluster-eu-1 --output yaml --kubeconfig '/a b/config'`,
  ]);
  assert.deepEqual(kubectlLines(pod, ['/a', '/b'], 'posix'), [
    `KUBECONFIG=/a:/b kubectl --context 'admin@eu prod' --namespace default get pod/cluster-eu-1 --output yaml`,
  ]);
  assert.deepEqual(kubectlLines(pod, ['C:\\a', 'C:\\b'], 'powershell'), [
    `$env:KUBECONFIG = 'C:\\a;C:\\b'; kubectl --context 'admin@eu prod' --namespace default get pod/cluster-eu-1 --output yaml`,
  ]);
});

test('whatever a name is, a shell reads it as one word', () => {
  const read = (word: string): string =>
    execFileSync('sh', ['-c', `printf %s ${quote(word, 'posix')}`], { encoding: 'utf8' });
  for (const word of ["it's", '$(reboot)', '`reboot`', 'a;b', '-x', '*', '~', 'a\\', '"', '', '!x', '{a,b}'])
    assert.equal(read(word), word);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), word => assert.equal(read(word), word.replaceAll(/\p{Cc}/gu, ''))),
    { numRuns: 50 },
  );
  assert.equal(quote("it's $x", 'powershell'), "'it''s $x'");
});

test('no line break comes into a line', () => assert.equal(quote('a\nreboot', 'posix'), 'areboot'));

test('a program is looked for in the folders of the path, but in none that is relative', () => {
  assert.deepEqual(programPaths('kubectl', '/usr/bin:.::bin:/opt/bin/', 'linux'), [
    '/usr/bin/kubectl',
    '/opt/bin/kubectl',
  ]);
  assert.deepEqual(programPaths('kubectl', 'C:\\Tools;.', 'win32', '.EXE;.CMD'), [
    'C:\\Tools\\kubectl.exe',
    'C:\\Tools\\kubectl.cmd',
  ]);
});
