/** Patches of Kustomize for `spec.replica`: which are found, what is edited in them, and that nothing else is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, constantFrom, property } from 'fast-check';
import { parse } from 'yaml';
import type { ReplicaValues } from '../../src/language/index.ts';
import {
  hasReplicaOperations,
  parseFile,
  replicaPatchesIn,
  withReplicaInKustomization,
  withReplicaOperations,
} from '../../src/language/index.ts';

const object = { kind: 'Cluster', name: 'cluster-eu', namespace: 'default' };
const operations = '- op: replace\n  path: /spec/replica/primary\n  value: cluster-eu\n';
const inline = (target: string, patch = operations): string =>
  `patches:\n  - target: ${target}\n    patch: |-\n${patch.replaceAll(/^(?=.)/gm, '      ')}`;

const found: [title: string, kustomization: string, expected: [line: number, path?: string][]][] = [
  ['operations in the entry', inline('{ kind: Cluster, name: cluster-eu }'), [[2]]],
  ['for all Clusters', inline('{ kind: Cluster }'), [[2]]],
  ['by a regular expression', inline('{ kind: Cluster, name: "cluster-.*" }'), [[2]]],
  ['for the whole name only', inline('{ kind: Cluster, name: cluster }'), []],
  ['for another kind', inline('{ kind: Pooler, name: cluster-eu }'), []],
  ['a broken expression', inline('{ kind: Cluster, name: "(" }'), []],
  ['under the name before its suffix', `nameSuffix: -eu\n${inline('{ kind: Cluster, name: cluster }')}`, [[3]]],
  ['under the name before its prefix', `namePrefix: cluster-\n${inline('{ kind: Cluster, name: eu }')}`, [[3]]],
  ['for other fields', inline('{ kind: Cluster }', '- op: remove\n  path: /spec/backup\n'), []],
  ['for a field that only begins so', inline('{ kind: Cluster }', '- op: remove\n  path: /spec/replicas\n'), []],
  ['the whole stanza', inline('{ kind: Cluster }', '- {op: add, path: /spec/replica, value: {}}\n'), [[2]]],
  ['a merge with a target', inline('{ kind: Cluster }', 'spec:\n  replica:\n    primary: a\n'), [[2]]],
  [
    'a merge that names its object',
    'patches:\n  - patch: |\n      kind: Cluster\n      metadata: {name: cluster-eu}\n      spec: {replica: {primary: a}}\n',
    [[1]],
  ],
  [
    'a merge that names another',
    'patches:\n  - patch: |\n      kind: Cluster\n      metadata: {name: other}\n      spec: {replica: {primary: a}}\n',
    [],
  ],
  [
    'operations in a file',
    'patchesJson6902:\n  - path: eu.yaml\n    target: { kind: Cluster, name: cluster-eu }\n',
    [[1, 'eu.yaml']],
  ],
  ['a merge in a file', 'patches:\n  - path: eu.yaml\n', []],
  ['other shapes', 'patches: 3\npatchesJson6902: [1, null, {path: 4}]\n', []],
  ['broken', 'patches: [{', []],
  ['nothing', '', []],
];
for (const [title, kustomization, expected] of found)
  test(`patches for spec.replica: ${title}`, () =>
    assert.deepEqual(
      replicaPatchesIn(parseFile(kustomization), object).map(({ range, path }) => [
        range.start.line,
        ...(path === undefined ? [] : [path]),
      ]),
      expected,
    ));

const promotion: ReplicaValues = { primary: 'cluster-us', promotionToken: 'dG9rZW4=' };
const demotion: ReplicaValues = { primary: 'cluster-us', promotionToken: null };

const edited: [title: string, text: string, values: ReplicaValues, expected: string][] = [
  [
    'values stay in their quotes, beside their comments',
    '- op: replace # roles\n  path: /spec/replica/primary\n  value: "cluster-eu" # since May\n',
    demotion,
    '- op: replace # roles\n  path: /spec/replica/primary\n  value: "cluster-us" # since May\n',
  ],
  [
    'what has no operation gets one at the end',
    `${operations}- op: remove\n  path: /spec/backup\n`,
    promotion,
    `${operations.replace('-eu', '-us')}- op: remove\n  path: /spec/backup\n- op: add\n  path: /spec/replica/promotionToken\n  value: "dG9rZW4="\n`,
  ],
  [
    'a used token goes with its operation',
    `- op: add\n  path: /spec/replica/promotionToken\n  value: abc\n# roles\n${operations}`,
    demotion,
    `# roles\n${operations.replace('-eu', '-us')}`,
  ],
  [
    'in the value of the whole stanza',
    '- op: add\n  path: /spec/replica\n  value:\n    primary: cluster-eu # here\n    promotionToken: abc\n',
    demotion,
    '- op: add\n  path: /spec/replica\n  value:\n    primary: cluster-us # here\n',
  ],
  [
    'of several the last one',
    operations + operations,
    { primary: 'x' },
    operations + operations.replace('cluster-eu', 'x'),
  ],
  [
    'JSON',
    '[{"op": "replace", "path": "/spec/replica/primary", "value": "a"}]\n',
    { primary: 'b' },
    '[{"op": "replace", "path": "/spec/replica/primary", "value": "b"}]\n',
  ],
  ['what is so already', operations, { primary: 'cluster-eu', promotionToken: null }, operations],
];
for (const [title, text, values, expected] of edited) {
  test(`operations: ${title}`, () =>
    assert.deepEqual(withReplicaOperations(parseFile(text), values), { text: expected }));
  test(`operations in a kustomization: ${title}`, () => {
    const kustomization = `# ours\n${inline('{ kind: Cluster }', text)}\nresources: [../base]\n`;
    assert.deepEqual(withReplicaInKustomization(parseFile(kustomization), 3, values), {
      text: `# ours\n${inline('{ kind: Cluster }', expected)}\nresources: [../base]\n`,
    });
  });
}

const byHand: [title: string, text: string, values: ReplicaValues, problem: RegExp][] = [
  ['another operation in flow style', '[{op: remove, path: /spec/replica/source}]\n', { primary: 'b' }, /no safe edit/],
  ['a removed field', '- op: remove\n  path: /spec/replica/primary\n', { primary: 'b' }, /no safe edit/],
  ['the only operation', '- op: add\n  path: /spec/replica/promotionToken\n  value: a\n', demotion, /no safe edit/],
  ['no operation any more', '- op: remove\n  path: /spec/backup\n', demotion, /no operation for spec\.replica/],
];
for (const [title, text, values, problem] of byHand)
  test(`to be edited by hand: ${title}`, () => {
    const made = withReplicaOperations(parseFile(text), values);
    assert.equal(made.text, undefined);
    assert.match(made.problem ?? '', problem);
  });

test('a merge in a kustomization is edited as one in a file', () => {
  const text = (primary: string): string =>
    inline(
      '{ kind: Cluster }',
      `spec:\n  # roles\n  replica:\n    primary: ${primary}\n    source: cluster-ap\n\n  instances: 3\n`,
    );
  assert.deepEqual(withReplicaInKustomization(parseFile(text('cluster-eu')), 2, { primary: 'cluster-us' }), {
    text: text('cluster-us'),
  });
});

test('a patch that is no block of lines, or not there any more, is not edited', () => {
  const quoted =
    'patches:\n  - target: {kind: Cluster}\n    patch: "[{op: add, path: /spec/replica/primary, value: a}]"\n';
  assert.equal(replicaPatchesIn(parseFile(quoted), object).length, 1);
  assert.match(withReplicaInKustomization(parseFile(quoted), 2, { primary: 'b' }).problem ?? '', /block of lines/);
  assert.match(withReplicaInKustomization(parseFile(quoted), 1, { primary: 'b' }).problem ?? '', /any more/);
  assert.match(withReplicaInKustomization(parseFile(''), 2, {}).problem ?? '', /any more/);
});

test('whatever stands around, the operations have the new values and every other line stays', () =>
  check(
    property(
      array(constantFrom('primary', 'source', 'self'), { minLength: 1, maxLength: 5 }),
      constantFrom('', '# a note\n', '\n'),
      constantFrom('  # why', ''),
      (fields, between, note) => {
        const text = fields
          .map(field => `- op: add\n  path: /spec/replica/${field}${note}\n  value: old\n`)
          .join(between);
        const whole = inline('{ kind: Cluster }', text);
        const { text: made = '' } = withReplicaInKustomization(parseFile(whole), 2, { [fields[0] ?? '']: 'new' });
        const wanted = fields.findLastIndex(field => field === fields[0]);
        const { patches } = parse(made) as { patches: [{ patch: string }] };
        const values = (parse(patches[0].patch) as { value: string }[]).map(({ value }) => value);
        assert.deepEqual(
          values,
          fields.map((_, at) => (at === wanted ? 'new' : 'old')),
        );
        assert.deepEqual(made.split('\n').length, whole.split('\n').length);
        const changed = made.split('\n').filter((line, at) => line !== whole.split('\n')[at]);
        assert.deepEqual(changed, ['        value: new']);
      },
    ),
  ));

test('a file has operations for spec.replica, or not', () => {
  assert.equal(hasReplicaOperations(parseFile(operations)), true);
  for (const text of ['', 'a: 1\n', '- 1\n- {op: add}\n', '- op: add\n  path: /metadata/name\n  value: x\n', ': : ['])
    assert.equal(hasReplicaOperations(parseFile(text)), false, text);
});
