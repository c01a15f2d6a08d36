import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionAt, definitionsAmong, definitionsIn, parseFile } from '../../src/language/index.ts';

const file = parseFile(`apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: a
  namespace: one
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: "a" }
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata:
  name: a
---
apiVersion: v1
kind: List
items:
  - apiVersion: postgresql.cnpg.io/v1
    kind: Database
    metadata:
      name: a
`);

const linesOf = (kind: string, name: string, namespace: string): number[] =>
  definitionsIn(file, { kind, name, namespace }).map(({ range }) => range.start.line);

test('an object is found by kind, name and namespace; a manifest without namespace may be meant for any', () => {
  assert.deepEqual(linesOf('Cluster', 'a', 'one'), [3, 8]);
  assert.deepEqual(linesOf('Cluster', 'a', 'two'), [8]);
  assert.deepEqual(linesOf('Cluster', 'b', 'one'), []);
});

test('an item of a list is found', () => assert.deepEqual(linesOf('Database', 'a', 'one'), [21]));

test('the document is the one at the line', () => {
  const object = { kind: 'Cluster', name: 'a', namespace: 'one' };
  assert.equal(definitionAt(file, object, 8)?.namespace, undefined);
  assert.equal(definitionAt(file, object, 3)?.namespace, 'one');
  assert.equal(definitionAt(file, object, 4), undefined);
});

const chart = (name: string, namespace = ''): string => `{{- if .Values.database.enabled }}
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  labels:
    {{- include "chart.labels" . | nindent 4 }}
  name: ${name}
${namespace}spec:
  instances: {{ .Values.instances }}
{{- end }}
`;

for (const [name, namespace, fits] of [
  ['cluster-eu', '', true],
  ['cluster-us', '', false],
  ['{{ .Release.Name }}-eu', '', true],
  ['"{{ .Release.Name }}-eu" # of the release', '', true],
  ['{{ .Release.Name }}-us', '', false],
  ['cluster-{{ .Values.region }}', '', true],
  ['cluster-eu{{ .Values.suffix }}', '', true],
  ['cluster-eu-{{ .Values.suffix }}eu', '', false],
  ['{{ .a }}-{{ .b }}', '', true],
  ['{{ include "chart.fullname" . }}', '', true],
  ['{{ .Release.Name }}-eu', '  namespace: {{ .Release.Namespace }}\n', true],
  ['{{ .Release.Name }}-eu', '  namespace: elsewhere\n', false],
  ['cluster-${region}', '', true],
] as const)
  test(`in a template: name: ${name} ${namespace.trim()}`, () => {
    const found = definitionsIn(parseFile(`a: 1\n---\n${chart(name, namespace)}`), {
      kind: 'Cluster',
      name: 'cluster-eu',
      namespace: 'databases',
    });
    const [text] = name.split(' #');
    const range = { start: { line: 8, character: 8 }, end: { line: 8, character: 8 + (text ?? '').length } };
    assert.deepEqual(found, fits ? [{ range, template: true }] : []);
  });

test('a template counts only while there is no manifest', () => {
  const object = { kind: 'Cluster', name: 'cluster-eu', namespace: 'databases' };
  const template = definitionsIn(parseFile(chart('{{ .name }}')), object);
  const manifest = definitionsIn(
    parseFile('apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: cluster-eu}\n'),
    object,
  );
  assert.deepEqual(definitionsAmong(template), template);
  assert.deepEqual(definitionsAmong([...template, ...manifest]), manifest);
  assert.deepEqual(definitionsIn(parseFile(chart('{{ .name }}')), { ...object, kind: 'Pooler' }), []);
});
