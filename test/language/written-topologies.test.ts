/** The topologies of a workspace as objects, for who draws them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkspaceFile } from '../../src/language/index.ts';
import { createWorkspace, parseFile, writtenTopologies } from '../../src/language/index.ts';
import { clusterText, memberText } from '../support/pairs.ts';

function topologiesOf(files: Record<string, string>, place: (uri: string) => Partial<WorkspaceFile> = () => ({})) {
  const workspace = createWorkspace();
  for (const [uri, text] of Object.entries(files)) workspace.set({ uri, file: parseFile(text), ...place(uri) });
  return writtenTopologies(workspace);
}

const store = (name: string): string =>
  `apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: ${name}}\nspec: {configuration: {destinationPath: "s3://b"}}\n`;
const archiving = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: a}
spec:
  instances: 2
  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: s}}]
`;

test('members belong together by their names; a name without manifest is missing', () => {
  const rows: [string, Record<string, string>, { members: string[]; missing: string[] }[]][] = [
    ['a pair', { b: memberText('b', 'a', 'a'), a: memberText('a', 'a', 'b') }, [{ members: ['a', 'b'], missing: [] }]],
    ['one of a pair', { b: memberText('b', 'a', 'a') }, [{ members: ['b'], missing: ['a'] }]],
    ['alone', { a: clusterText({ name: 'a' }) }, [{ members: ['a'], missing: [] }]],
    ['nothing', { x: 'kind: Pod\n' }, []],
    ['broken', { x: 'kind: Cluster\nmetadata: [\n' }, []],
  ];
  for (const [title, files, expected] of rows) {
    const found = topologiesOf(files);
    assert.deepEqual(
      found.map(({ members, missing }) => ({ members: members.map(({ name }) => name), missing })),
      expected,
      title,
    );
  }
});

test('a member comes with its file, line, place and the ObjectStores that it uses', () => {
  const [found] = topologiesOf({ 'file:///w/a.yaml': `# first\n${archiving}`, 'file:///w/s.yaml': store('s') }, () => ({
    context: 'eu',
    namespace: 'db',
  }));
  const [member] = found?.members ?? [];
  assert.ok(member);
  const { uri, line, context, namespace, objectStores } = member;
  assert.deepEqual(
    { uri, line, context, namespace },
    { uri: 'file:///w/a.yaml', line: 3, context: 'eu', namespace: 'db' },
  );
  assert.equal(member.cluster.spec.instances, 2);
  assert.deepEqual(member.objectStoreUris, ['file:///w/s.yaml']);
  assert.deepEqual(objectStores, [
    { metadata: { name: 's', namespace: 'db' }, spec: { configuration: { destinationPath: 's3://b' } } },
  ]);
});
