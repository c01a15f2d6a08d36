/** Which live Cluster a manifest describes, and what rules say with its help. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, createWorkspace, knownNames, parseFile } from '../../src/language/index.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { createLiveClusters } from '../../src/server/live-clusters.ts';
import { memberText } from '../support/pairs.ts';
import { newest, schemas } from '../support/schemas.ts';

const live = (name: string, primary: string, namespace = 'pg', status: Cluster['status'] = {}): Cluster => ({
  metadata: { name, namespace },
  spec: { replica: { primary, source: name === 'a' ? 'b' : 'a' } },
  status,
});

type Given = Record<string, Cluster[]>;
const clustersOf = (given: Given) => {
  const clusters = createLiveClusters();
  for (const [context, each] of Object.entries(given)) clusters.set(context, { clusters: each, objectStores: [] });
  return clusters;
};

const both: Given = { eu: [live('a', 'a')], us: [live('b', 'a')] };
const found = (text: string, given: Given = both, context?: string): string[] => {
  const workspace = createWorkspace();
  const file = parseFile(text);
  workspace.set({ uri: 'x', file, context });
  const clusters = clustersOf(given);
  return check(file, { schemas, version: newest, workspace, scope: 'known', liveOf: clusters.of })
    .filter(({ message }) => message.startsWith('Live: '))
    .map(({ code }) => code);
};
const promoted = memberText('b', 'b', 'a');

const cases: [what: string, found: string[], ...expected: string[]][] = [
  ['a promotion beside a live primary', found(promoted), 'RC707', 'RC708'],
  ['in the context of its place', found(promoted, both, 'us'), 'RC707', 'RC708'],
  ['in another context', found(promoted, both, 'eu')],
  ['in the other namespace', found(memberText('b', 'b', 'a', { namespace: 'other' }))],
  ['two of the name', found(promoted, { ...both, asia: [live('b', 'a', 'two')] })],
  ['the partner is demoted', found(promoted, { eu: [live('a', 'b')], us: [live('b', 'a')] }), 'RC707'],
  ['nothing is connected', found(promoted, {})],
  ['the stanza is gone', found(memberText('b', 'b', 'a').replace(/ {2}replica:\n.*\n.*\n/, '')), 'RC708', 'RC710'],
];
for (const [what, codes, ...expected] of cases) test(`live: ${what}`, () => assert.deepEqual(codes, expected));

test('a switchover under way is no mistake', () => {
  const workspace = createWorkspace();
  const file = parseFile(`${memberText('a', 'b', 'b')}---\n${memberText('b', 'a', 'a')}`);
  workspace.set({ uri: 'x', file });
  const clusters = clustersOf({ eu: [live('a', 'b', 'pg', { demotionToken: 'eyJ9' })], us: [live('b', 'a')] });
  const severities = check(file, { schemas, version: newest, workspace, scope: 'known', liveOf: clusters.of })
    .filter(({ code }) => code === 'RC302')
    .map(({ severity }) => severity);
  assert.deepEqual(severities, [3, 3]);
});

test('what is there needs no bootstrap; of contexts that are gone nothing is known', () => {
  const clusters = clustersOf(both);
  const workspace = createWorkspace();
  const file = parseFile(memberText('b', 'a', 'a'));
  workspace.set({ uri: 'x', file });
  const codes = (): string[] =>
    check(file, { schemas, version: newest, workspace, scope: 'known', liveOf: clusters.of }).map(({ code }) => code);
  assert.ok(!codes().includes('RC112'));
  clusters.keep(['eu']);
  assert.ok(codes().includes('RC112'));
});

test('an ObjectStore that is live where the Cluster is is not missing', () => {
  const text = memberText('b', 'a', 'a', { namespace: 'pg' }).replace(
    'spec:',
    'spec:\n  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: s}}]',
  );
  const missing = (context: string | undefined, store: { name: string; namespace?: string }): boolean => {
    const clusters = createLiveClusters();
    clusters.set('us', { clusters: [], objectStores: [store] });
    const workspace = createWorkspace();
    const file = parseFile(text);
    workspace.set({ uri: 'x', file, context });
    return check(file, { schemas, version: newest, workspace, scope: 'workspace', liveOf: clusters.of }).some(
      ({ code }) => code === 'RC205',
    );
  };
  assert.deepEqual(
    [
      missing('us', { name: 's', namespace: 'pg' }),
      missing(undefined, { name: 's', namespace: 'pg' }),
      missing('us', { name: 's', namespace: 'other' }),
      missing('eu', { name: 's', namespace: 'pg' }),
      missing('us', { name: 't', namespace: 'pg' }),
    ],
    [false, false, true, true, true],
  );
});

test('names: those of the manifests, then those that only contexts have, in the place of the file', () => {
  const known = createLiveClusters();
  const self = { ...live('pg', 'a'), spec: { replica: { self: 'b', primary: 'a', source: 'a' } } };
  known.set('eu', { clusters: [live('a', 'a')], objectStores: [{ name: 'store-eu' }] });
  known.set('us', { clusters: [self], objectStores: [{ name: 'store-us' }, { name: 'store-eu' }] });
  const workspace = createWorkspace();
  workspace.set({ uri: 'x', file: parseFile(memberText('c', 'a', 'a')) });
  const names = (kind: 'member' | 'Cluster' | 'ObjectStore' | 'Secret', context?: string): string[] =>
    knownNames(workspace, known.names(context))(kind).map(({ name, liveIn }) => `${name} ${liveIn.join('+')}`.trim());
  assert.deepEqual(names('member', 'eu'), ['c', 'a eu', 'b us']);
  assert.deepEqual(names('Cluster'), ['c', 'a eu', 'pg us']);
  assert.deepEqual(names('Cluster', 'us'), ['c', 'pg us']);
  assert.deepEqual(names('ObjectStore'), ['store-eu eu+us', 'store-us us']);
  assert.deepEqual(names('ObjectStore', 'eu'), ['store-eu eu']);
  assert.deepEqual(names('Secret'), []);
  known.keep([]);
  assert.deepEqual(names('member'), ['c']);
});
