/** Which live Cluster a manifest describes, and what rules say with its help. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, createWorkspace, parseFile } from '../../src/language/index.ts';
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
  for (const [context, each] of Object.entries(given)) clusters.set(context, each);
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
