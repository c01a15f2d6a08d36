import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionAt, definitionsIn, parseFile } from '../../src/language/index.ts';

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
