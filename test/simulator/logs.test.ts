import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInstanceLogs } from '../../src/simulator/postgres/logs.ts';
import type { Database } from '../../src/simulator/postgres/world.ts';
import { createWorld } from '../../src/simulator/postgres/world.ts';

test('an instance writes what happens to it, and followers are told', () => {
  let now = Date.UTC(2026, 10, 23);
  const world = createWorld({ now: () => new Date(now) });
  const database: Database = {
    key: 'eu/default/a',
    topologyName: 'a',
    instances: new Map(),
    leader: 'a-1',
    source: undefined,
    archive: undefined,
    linkCut: false,
    sinceSwitch: 0,
  };
  world.databases.set(database.key, database);
  world.initialise(database, ['a-1', 'a-2']);
  const logs = createInstanceLogs(world);
  logs.observe();
  const log = logs.of('eu/default/a-1');
  assert.match(log.text(), /"msg":"Starting CloudNativePG Instance Manager".*\n.*starting PostgreSQL/);
  const followed: string[] = [];
  const end = log.follow(text => followed.push(text));
  now += 60_000;
  logs.observe();
  world.stop(database, 'a-1', true);
  logs.observe();
  end();
  world.start(database, 'a-1');
  logs.observe();
  const messages = followed.map(text => (JSON.parse(text) as { record: { message: string } }).record.message);
  assert.equal(messages[0], 'checkpoint starting: time');
  assert.equal(messages.at(-1), 'database system is shut down');
});
