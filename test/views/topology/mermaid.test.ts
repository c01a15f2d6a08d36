import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mermaidOf } from '../../../src/views/topology/mermaid.ts';
import { pair, pictureOf } from '../../support/topologies.ts';

const now = new Date('2026-11-24T03:04:05Z');

test('a flowchart with the state and the time on it', () => {
  const lines = mermaidOf(pictureOf(pair()), now).split('\n');
  assert.equal(lines[0], '%% cluster-eu ⇄ cluster-us, as observed at 2026-11-24T03:04:05Z');
  assert.match(lines[1] ?? '', /Primary: cluster-eu-1/);
  assert.equal(lines[2], 'flowchart LR');
  assert.equal(lines.filter(line => line.startsWith('  subgraph ')).length, 2);
  assert.ok(lines.some(line => /n\d+ -->\|"streaming · lag 0 B"\| n\d+/.test(line)));
  assert.ok(lines.some(line => /-\.->\|"restore_command · stands by #40;stands by#41;"\|/.test(line)));
});

test('hostile names are text', () => {
  const picture = pictureOf(pair());
  const [box] = picture.items;
  const hostile = '"]\nclick n0 "javascript:alert(1)"\n%%{init}%% <b>';
  if (box?.kind === 'box') box.title = hostile;
  const text = mermaidOf({ ...picture, title: hostile }, now);
  assert.ok(text.split('\n').every(line => !/^\s*click/.test(line)));
  assert.ok(!text.includes('<b>"') && !/subgraph n0\["[^\n"]*"[^\]]/.test(text));
});
