/** Edits of `spec.replica` in text: what changes, and that nothing else does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, constantFrom, property, tuple } from 'fast-check';
import { parseFile, withReplica } from '../../src/language/index.ts';
import type { ReplicaValues } from '../../src/language/index.ts';

const head = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: cluster-eu\n';
const cluster = (spec: string): string => `${head}${spec}`;
const object = { kind: 'Cluster', name: 'cluster-eu', namespace: 'default' };

function edited(text: string, values: ReplicaValues): string {
  const line = text.split('\n').findIndex(each => each.includes('name: cluster-eu'));
  const made = withReplica(parseFile(text), object, line, values);
  return made.text ?? `problem: ${made.problem}`;
}

const demotion = { primary: 'cluster-us', source: 'cluster-us', promotionToken: null };
const token = 'eyJhIjoiYiJ9Cg==';

const table: [string, string, ReplicaValues, string][] = [
  [
    'values, beside their comments',
    cluster(
      'spec:\n  # who writes\n  replica:\n    primary: cluster-eu # since May\n    source: cluster-us\n  instances: 3\n',
    ),
    demotion,
    cluster(
      'spec:\n  # who writes\n  replica:\n    primary: cluster-us # since May\n    source: cluster-us\n  instances: 3\n',
    ),
  ],
  [
    'quotes stay what they are',
    cluster(`spec:\n  replica: \n    primary: "cluster-eu"\n    source: 'cluster-ap'\n`),
    demotion,
    cluster(`spec:\n  replica: \n    primary: "cluster-us"\n    source: 'cluster-us'\n`),
  ],
  [
    'a used token goes, the comment behind it stays',
    cluster(
      `spec:\n  replica:\n    promotionToken: ${token}\n    # the region\n    self: cluster-eu\n    primary: cluster-eu\n    source: cluster-us\n`,
    ),
    demotion,
    cluster(
      'spec:\n  replica:\n    # the region\n    self: cluster-eu\n    primary: cluster-us\n    source: cluster-us\n',
    ),
  ],
  [
    'a token comes at the end, in quotes when it needs them',
    cluster('spec:\n  replica:\n    primary: cluster-us\n    source: cluster-us\n\n  instances: 3\n'),
    { primary: 'cluster-eu', promotionToken: token },
    cluster(
      `spec:\n  replica:\n    primary: cluster-eu\n    source: cluster-us\n    promotionToken: "${token}"\n\n  instances: 3\n`,
    ),
  ],
  [
    'a patch of Kustomize without the stanza gets one',
    cluster('spec:\n  instances: 2\n'),
    { primary: 'cluster-us', promotionToken: null },
    cluster('spec:\n  instances: 2\n  replica:\n    primary: cluster-us\n'),
  ],
  [
    'in the second document of a file',
    `a: 1\n---\n${cluster('spec:\n  replica:\n    primary: cluster-eu\n    source: x\n')}---\nb: 2\n`,
    { primary: 'cluster-us' },
    `a: 1\n---\n${cluster('spec:\n  replica:\n    primary: cluster-us\n    source: x\n')}---\nb: 2\n`,
  ],
  [
    'Windows line ends',
    cluster('spec:\n  replica:\n    primary: cluster-eu\n    source: x\n').replaceAll('\n', '\r\n'),
    { primary: 'cluster-us' },
    cluster('spec:\n  replica:\n    primary: cluster-us\n    source: x\n').replaceAll('\n', '\r\n'),
  ],
  [
    'what is so already',
    cluster('spec:\n  replica:\n    primary: a\n    source: b\n'),
    { primary: 'a', promotionToken: null },
    cluster('spec:\n  replica:\n    primary: a\n    source: b\n'),
  ],
  [
    'flow style has to be edited by hand',
    cluster('spec:\n  replica: { primary: a, source: b }\n'),
    { primary: 'a', promotionToken: 'x' },
    'problem: It is laid out so that no safe edit is known (flow style, aliases).',
  ],
  [
    'so have templates',
    cluster('spec:\n  replica:\n    primary: {{ .Values.primary }}\n'),
    { primary: 'a' },
    'problem: It is a template: edit the values that it is rendered from.',
  ],
];
for (const [title, text, values, wanted] of table) test(title, () => assert.equal(edited(text, values), wanted));

test('an object that is not there any more', () => {
  const made = withReplica(parseFile(cluster('spec: {}\n')), { ...object, name: 'other' }, 3, {});
  assert.deepEqual(made, { problem: 'It is not in the file any more.' });
});

const comment = constantFrom('', ' # a note', '   # "quoted"');
const style = constantFrom<(value: string) => string>(
  v => v,
  v => `"${v}"`,
  v => `'${v}'`,
);

test('whatever comments, quotes and keys stand around, exactly the values change', () =>
  check(
    property(
      array(tuple(constantFrom('primary', 'source', 'self', 'minApplyDelay'), style, comment), {
        minLength: 1,
      }),
      constantFrom('', '# above\n', '\n\n'),
      (lines, between) => {
        const fields = [...new Map(lines.map(line => [line[0], line])).values()];
        const render = (value: (field: string) => string) =>
          cluster(
            `spec:\n  instances: 3\n  replica:\n${fields.map(([field, quote, note]) => `    ${field}: ${quote(value(field))}${note}\n`).join('')}${between}  storage:\n    size: 1Gi\n`,
          );
        const values = Object.fromEntries(fields.map(([field]) => [field, `new-${field}`]));
        assert.equal(
          edited(
            render(field => `old-${field}`),
            values,
          ),
          render(field => `new-${field}`),
        );
      },
    ),
  ));
