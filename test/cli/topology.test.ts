/** The built command line: `node dist/cli.js topology` and `lint --topology`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { TopologyReport } from '../../src/language/index.ts';
import { clusterText } from '../support/pairs.ts';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
const playground = path.resolve(import.meta.dirname, '../../media/playground');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-topology-'));
after(() => fs.rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}
function run(args: string[], cwd = folder): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd, encoding: 'utf8' });
  return { code: status, out: stdout, error: stderr };
}

const lists = ['a', 'b'];
const member = (name: string, primary: string, source: string): string =>
  clusterText({ name, primary, source, lists }).replace(
    'replica:',
    'bootstrap: {pg_basebackup: {source: a}}\n  replica:',
  );
write('split/eu/a.yaml', member('a', 'a', 'b'));
write('split/us/b.yaml', member('b', 'b', 'a'));
write('lone/a.yaml', clusterText({ name: 'a' }));
write('broken/a.yaml', member('a', 'a', 'b').replace('spec:', 'spec'));
write('half/b.yaml', member('b', 'a', 'a'));
write('odd/x.yaml', clusterText({ name: '"a\\"]; x[<b>"', primary: 'b', source: 'b', lists: ['b'] }));
write('kustomized/base/a.yaml', member('a', 'a', 'b'));
write('kustomized/base/b.yaml', member('b', 'b', 'a'));
write('kustomized/base/kustomization.yaml', 'resources: [a.yaml, b.yaml]\n');
write('kustomized/eu/kustomization.yaml', 'resources: [../base]\npatches: [{patch: "[]", target: {kind: Cluster}}]\n');

const cases: [args: string[], code: number, out: RegExp, error?: RegExp][] = [
  [['topology', 'split'], 1, /^a ⇄ b\n {2}a: primary, 3 instances \(split\/eu\/a\.yaml:4\)\n[\s\S]*\[RC301\]/],
  [['topology', 'lone'], 0, /^No topology/],
  [['topology', 'broken'], 1, /^No topology[\s\S]*broken\/a\.yaml:5:1: error: [^\n]*\[yaml\/syntax\]\n/],
  [
    ['topology', 'half'],
    0,
    /^b ⇄ a\n[\s\S]*a: no manifest is known\n {2}b follows a by streaming from a\.example\.com/,
  ],
  [['topology', '--format', 'mermaid', 'split'], 1, /^flowchart LR\n {2}c0_0\["a<br\/>primary"\]/],
  [
    ['topology', '--format', 'mermaid', '--place', 'split/eu=eu', '--place', 'split/us=us', 'split'],
    1,
    /subgraph k0_0\["eu"\]\n/,
  ],
  [['topology', '--format', 'mermaid', 'odd'], 1, /\["a#34;#93;; x#91;#60;b#62;<br\/>replica"\]/],
  [['topology', '--help'], 0, /usage: .*topology/],
  [['topology'], 2, /^$/, /no PATH is given/],
  [['topology', '--format', 'xml', 'lone'], 2, /^$/, /unknown format "xml"/],
  [['topology', '--place', 'eu', 'lone'], 2, /^$/, /FOLDER=CONTEXT/],
  [['topology', 'nowhere'], 2, /^$/, /nowhere: there is no such file/],
  [['lint', '--place', 'eu=eu', 'lone'], 2, /^$/, /add --topology/],
  [['lint', 'split'], 0, /^(?![\s\S]*RC[2-9])/],
  [
    ['lint', '--topology', 'split'],
    1,
    /split\/eu\/a\.yaml:\d+:\d+: error: a and b both[^\n]*\[RC301\]\n {4}split\/us\/b\.yaml:\d+:\d+: primary of b/,
  ],
  [
    ['lint', '--topology', '--rule', 'RC301=off', '--rule', 'RC303=hint', 'split'],
    0,
    /^(?![\s\S]*RC301)[\s\S]*hint: [^\n]*\[RC303\]/,
  ],
  [['lint', '--rule', 'RC301=loud', 'split'], 2, /^$/, /--rule RC301=loud: it has the form/],
  [['topology', '--rule', 'nonsense=off', 'lone'], 2, /^$/, /there is no rule "nonsense"/],
  [['lint', '--topology', 'kustomized'], 0, /^(?![\s\S]*RC[2-9])/],
  [['lint', '--topology', '--place', '=', 'lone'], 2, /^$/, /FOLDER=CONTEXT/],
];
for (const [args, code, out, error = /^$/] of cases)
  test(args.join(' '), () => {
    const result = run(args);
    assert.equal(result.code, code, result.out + result.error);
    assert.match(result.out, out);
    assert.match(result.error, error);
  });

test('the playground as JSON', () => {
  const { code, out } = run(
    ['topology', '--format', 'json', '--place', 'eu=eu', '--place', 'us=us', 'eu', 'us'],
    playground,
  );
  assert.equal(code, 0);
  const { topologies, findings } = JSON.parse(out) as {
    topologies: TopologyReport[];
    findings: { severity: string }[];
  };
  const [topology, ...others] = topologies;
  assert.equal(others.length, 0);
  assert.deepEqual(topology?.members[1], {
    name: 'cluster-us',
    cluster: 'cluster-us',
    namespace: 'default',
    context: 'us',
    file: 'us/cluster-us.yaml',
    line: 5,
    role: 'replica',
    mode: 'distributed',
    source: 'cluster-eu',
    instances: 3,
    postgres: '18.4',
  });
  assert.deepEqual(
    topology.archives.map(({ path: at, writtenBy, readBy }) => [at, writtenBy, readBy]),
    [
      ['s3://archive-eu', ['cluster-eu'], ['cluster-us']],
      ['s3://archive-us', ['cluster-us'], ['cluster-eu']],
    ],
  );
  assert.deepEqual(
    topology.links.filter(({ active }) => active).map(({ from, to, kind }) => `${from} ${kind} ${to}`),
    ['cluster-eu streaming cluster-us', 'cluster-eu archive cluster-us'],
  );
  assert.deepEqual([topology.missing, findings.filter(({ severity }) => severity !== 'info')], [[], []]);
});

test('SARIF names the other side', () => {
  const { out } = run(['lint', '--topology', '--format', 'sarif', 'split']);
  assert.match(out, /"relatedLocations": \[\s+\{\s+"message": \{\s+"text": "primary of b"/);
});
