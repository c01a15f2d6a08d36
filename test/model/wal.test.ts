import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeToken, encodeToken, tokenLsn } from '../../src/model/token.ts';
import {
  formatLsn,
  formatSegment,
  parseHistory,
  parseLsn,
  parseSegment,
  segmentAt,
  segmentStart,
} from '../../src/model/wal.ts';
import { demotionToken } from '../support/clusters.ts';

const mebibyte = 1024 * 1024;

const names: [lsn: string, megabytes: number, timeline: number, name: string][] = [
  ['2/4C000028', 16, 7, '00000007000000020000004C'],
  ['0/FF000000', 16, 1, '0000000100000000000000FF'],
  ['1/0', 16, 1, '000000010000000100000000'],
  ['2/4C000028', 64, 7, '000000070000000200000013'],
];
for (const [lsn, megabytes, timeline, name] of names)
  test(`${lsn} with ${megabytes} MiB segments is in ${name}`, () => {
    const position = parseLsn(lsn);
    assert.ok(position !== undefined);
    assert.equal(formatSegment(segmentAt(position, timeline, megabytes * mebibyte), megabytes * mebibyte), name);
  });

test('names and positions lead to each other', () => {
  const sizes = fc.integer({ min: 0, max: 10 }).map(exponent => mebibyte * 2 ** exponent);
  const positions = fc.bigInt({ min: 0n, max: 2n ** 63n });
  fc.assert(
    fc.property(positions, fc.integer({ min: 1, max: 0xffffffff }), sizes, (position, timeline, size) => {
      assert.equal(parseLsn(formatLsn(position)), position);
      const segment = segmentAt(position, timeline, size);
      const start = segmentStart(segment, size);
      assert.ok(start <= position && position - start < BigInt(size));
      assert.deepEqual(parseSegment(formatSegment(segment, size), size), segment);
    }),
  );
});

for (const text of ['', 'x/y', '0', '0/', '0/123456789', '0/1 '])
  test(`"${text}" is no LSN`, () => assert.equal(parseLsn(text), undefined));

for (const name of [
  '',
  '0000000100000000000001',
  '000000010000000000000100',
  '00000001000000000000000G',
  '000000010000000000000001.partial',
])
  test(`"${name}" is no segment`, () => assert.equal(parseSegment(name), undefined));

test('a history file', () => {
  const text = '1\t0/C0000A0\tno recovery target specified\n\n# comment\n2\t0/D0000A0\tafter a switchover\nnonsense\n';
  assert.deepEqual(
    parseHistory(text).map(({ parent, lsn, reason }) => [parent, formatLsn(lsn), reason]),
    [
      [1, '0/C0000A0', 'no recovery target specified'],
      [2, '0/D0000A0', 'after a switchover'],
    ],
  );
});

const token = demotionToken;

test('a token is what it was', () => {
  assert.deepEqual(decodeToken(encodeToken(token)), token);
  assert.equal(tokenLsn(token), parseLsn('0/E000028'));
});

const broken: [name: string, text: string, wanted: RegExp][] = [
  ['empty', '', /not JSON|Base64/],
  ['no Base64', '%%%', /Base64/],
  ['two lines', `${encodeToken(token).slice(0, 40)}\n${encodeToken(token).slice(40)}`, /one line/],
  ['no JSON', btoa('hello!'), /not JSON/],
  ['a list', btoa('[]'), /not a JSON object/],
  ['incomplete', btoa('{"redoWalFile":"x"}'), /lacks latestCheckpointTimelineID/],
  ['numbers', btoa('{"latestCheckpointTimelineID":3}'), /lacks latestCheckpointTimelineID/],
];
for (const [name, text, wanted] of broken)
  test(`a token that is none: ${name}`, () => {
    const found = decodeToken(text);
    assert.match(typeof found === 'string' ? found : '', wanted);
  });
test('no text makes decoding throw', () =>
  fc.assert(
    fc.property(fc.string(), text => {
      decodeToken(text);
      decodeToken(btoa(encodeURIComponent(text)));
    }),
  ));
