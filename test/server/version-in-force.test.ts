import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VersionFacts } from '../../src/server/version-in-force.ts';
import { versionInForce } from '../../src/server/version-in-force.ts';
import { contextsOfMembers, readSettings } from '../../src/server/settings.ts';

const served: Record<string, string> = { eu: 'eu@1', us: 'us@1', old: 'old@2' };
const facts: VersionFacts = {
  setting: 'auto',
  versions: ['1.30', '1.29'],
  places: {},
  file: 'clusters/eu/cluster.yaml',
  connected: [],
  nameOf: context => served[context],
};

const cases: [name: string, change: Partial<VersionFacts>, version: string][] = [
  ['nothing known', {}, '1.30'],
  ['the setting', { setting: '1.29', places: { '.': 'eu' } }, '1.29'],
  ['newest', { setting: 'newest', places: { '.': 'eu' } }, '1.30'],
  ['a setting that is none', { setting: '1.12' }, '1.30'],
  ['the place of the folder', { places: { 'clusters/eu': 'eu' } }, 'eu@1'],
  ['the nearest folder', { places: { clusters: 'us', './clusters/eu/': 'eu', '.': 'old' } }, 'eu@1'],
  ['the workspace folder', { places: { '.': 'old' } }, 'old@2'],
  ['a folder that only begins alike', { places: { 'clusters/e': 'old' } }, '1.30'],
  ['a place that was never connected', { places: { clusters: 'new' }, connected: ['eu'] }, '1.30'],
  ['all connected contexts serve the same', { connected: ['eu', 'us'] }, 'eu@1'],
  ['they serve different kinds', { connected: ['eu', 'old'] }, '1.30'],
  ['one of them is not known yet', { connected: ['eu', 'new'] }, '1.30'],
];
for (const [name, change, version] of cases)
  test(name, () => assert.equal(versionInForce({ ...facts, ...change }).version, version));

test('it says why', () => {
  const why = (change: Partial<VersionFacts>): string => versionInForce({ ...facts, ...change }).why;
  assert.match(why({ places: { '.': 'eu' } }), /Served by context eu, which cnpg\.places names/);
  assert.match(why({ places: { '.': 'new' } }), /context new of cnpg\.places was never connected/);
  assert.match(why({ connected: ['eu', 'us'] }), /all connected contexts \(eu, us\)/);
  assert.match(why({ connected: ['eu', 'old'] }), /different ones/);
});

test('settings that are not as they should be count as not set', () => {
  for (const odd of [
    undefined,
    null,
    5,
    'x',
    [],
    { version: 3, places: 'eu' },
    { places: null },
    { rules: { RC304: 3 } },
  ])
    assert.deepEqual(readSettings(odd), { version: 'auto', places: {}, members: {}, rules: {} });
  assert.deepEqual(
    readSettings({ version: '1.29', places: { a: 'eu', b: 3 }, rules: { RC304: 'off', RC305: 'loud' } }),
    {
      version: '1.29',
      places: { a: 'eu' },
      members: {},
      rules: { RC304: 'off' },
    },
  );
});

test('the context of a bound member', () => {
  const members = { a: 'arn:aws:eks:eu:1:cluster/x/pg', b: 'eu/pg/cluster-eu', c: 'us', d: 'other/pg' };
  const settings = { ...readSettings({ places: { us: 'us' } }), members };
  assert.deepEqual(contextsOfMembers(settings, ['arn:aws:eks:eu:1:cluster/x', 'eu', 'arn:aws:eks:eu:1:cluster']), {
    a: 'arn:aws:eks:eu:1:cluster/x',
    b: 'eu',
    c: 'us',
    d: 'other',
  });
});
