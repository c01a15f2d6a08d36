/** Names and messages from outside stay text: in labels, tooltips, the status bar and notifications. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { judge } from '../../src/model/alarms.ts';
import { momentOf } from '../../src/model/moment.ts';
import { findTopologies } from '../../src/model/topology.ts';
import { notificationWords, statusBarWords } from '../../src/views/alarms/words.ts';
import { buildTree, sceneOf } from '../../src/views/tree/nodes.ts';
import { escapeMarkdown, plain } from '../../src/views/tree/text.ts';
import { tooltipMarkdown } from '../../src/views/tree/tooltip.ts';
import { member, primaryStatus, snapshotOf, standbyStatus } from '../support/clusters.ts';

const esc = '\u001b';
const hostile: [string, string, string][] = [
  ['ANSI colours', `${esc}[31mred${esc}[0m`, 'red'],
  ['ANSI link', `${esc}]8;;http://x.example\u0007here`, 'here'],
  ['right-to-left override', 'cluster\u202Eue-retsulc', 'cluster ue-retsulc'],
  ['isolates and zero widths', 'a\u2066b\u2069c\u200Bd\uFEFF', 'a b c d'],
  ['line breaks', 'one\r\ntwo\u2028three', 'one two three'],
  ['half a character', 'a\uD800b', 'a b'],
];
for (const [name, text, shown] of hostile) test(name, () => assert.equal(plain(text), shown));

test('ten thousand characters are cut', () => {
  assert.equal(plain('x'.repeat(10_000)).length, 300);
  assert.ok(plain('😀'.repeat(10_000)).length <= 300);
  assert.ok(escapeMarkdown('*'.repeat(10_000)).length <= 2000);
});

test('Markdown, tables, HTML, links and theme icons are escaped', () => {
  assert.equal(
    escapeMarkdown('[x](command:a) | <b> `c` $(error)'),
    '\\[x\\]\\(command\\:a\\) \\| \\<b\\> \\`c\\` \\$\\(error\\)',
  );
  assert.equal(escapeMarkdown('https://x.example'), 'https\\:\\/\\/x\\.example');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const markdown = escapeMarkdown(text);
      assert.doesNotMatch(markdown, /[\n\r]/);
      // No punctuation without a backslash of its own before it.
      assert.doesNotMatch(markdown.replaceAll(/\\[!-/:-@[-`{-~]/g, ''), /[!-/:-@[-`{-~]/);
    }),
  );
});

test('a tooltip is lines and tables, whatever is in them', () => {
  assert.equal(
    tooltipMarkdown(['a *b*', ['Name', 'x | y'], ['More', 'z'], 'end']),
    'a \\*b\\*\n\n| | |\n|:--|:--|\n| Name | x \\| y |\n| More | z |\n\nend\n\n',
  );
});

test('hostile names everywhere break nothing and reach no one as they are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 }), (context, words) => {
      const eu = member('cluster-eu', {
        status: { phase: words, phaseReason: words, conditions: [{ type: words, status: 'False', message: words }] },
      });
      const us = member('cluster-us', { replica: { primary: 'cluster-us' } });
      const snapshots = [
        {
          ...snapshotOf(context, eu, {
            1: primaryStatus({ currentLsn: words, lastArchivedWAL: words, lastFailedWAL: words }),
          }),
          unread: { Pod: words },
        },
        snapshotOf('us', us, { 1: standbyStatus({ replayLsn: words, timeLineID: 9, isWalReceiverActive: false }) }),
      ];
      const roots = buildTree(snapshots, [words], momentOf(0));
      const ids = new Set<string>();
      const visit = (nodes: typeof roots): void => {
        for (const node of nodes) {
          assert.ok(!ids.has(node.id), node.id);
          ids.add(node.id);
          tooltipMarkdown(node.tooltip);
          visit(node.children);
        }
      };
      visit(roots);
      const scene = sceneOf(snapshots, momentOf(0));
      const { alarms } = judge(findTopologies(snapshots), snapshots, momentOf(0));
      for (const alarm of alarms) assert.doesNotMatch(notificationWords(alarm), /\]\(|\p{Cc}|\p{Cf}/u);
      const icons = statusBarWords(scene)?.text.match(/\$\(/g) ?? [];
      assert.ok(icons.length <= 1);
    }),
    { numRuns: 50 },
  );
});
