/** What people, templates and bad luck do to manifests: to their values, and to their text. */
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import type { Json } from './places.ts';
import { changedAt, placesIn } from './places.ts';

/** Values at the edge of what fields take. */
const odd: Json[] = [
  null,
  '',
  ' ',
  0,
  -1,
  1,
  3.5,
  1e20,
  2 ** 31,
  2 ** 53,
  true,
  false,
  [],
  {},
  [null],
  [{}],
  { a: null },
  'x',
  'true',
  '10',
  '1Gi',
  '1gi',
  '5.',
  '.5',
  '1e3',
  '1E',
  '-5Mi',
  '+1',
  '1h',
  '1d',
  '2026-01-01',
  '2026-01-31T12:00:00Z',
  '2026-02-30T12:00:00Z',
  'a/b',
  'A'.repeat(64),
  'a'.repeat(254),
  'ä',
  'line\nbreak',
  '\u0001',
];

/** Scalars as they stand in the text, which YAML 1.1 reads in its own way. */
const scalars = [
  '~',
  'null',
  'Null',
  'yes',
  'No',
  'on',
  'OFF',
  'y',
  'TRUE',
  'tRUE',
  '017',
  '0o17',
  '0x1F',
  '0b11',
  '1_000',
  '1_000.5',
  '_1',
  '0_',
  '1e3',
  '1.',
  '.5',
  '+.5',
  '-0',
  '+1',
  '0.0',
  '3.0',
  '1e400',
  '.inf',
  '-.INF',
  '.nan',
  '12345678901234567890',
  '18446744073709551616',
  '190:20:30',
  '2026-01-01',
  '2026-01-01T00:00:00Z',
  '2026-01-01 00:00:00',
  '!!str 5',
  '!!int "5"',
  '!!float 5',
  '!!bool "yes"',
  '!!null ""',
  '!!binary YQ==',
  '!!binary "*"',
  '!!timestamp 2026-01-01',
  '!custom x',
  '! 5',
  '<<',
  '=',
  "''",
  '"\\u00e4\\x41\\n"',
  '"\\q"',
  '"a',
  "'it''s'",
  '&a x',
  '*a',
  '|\n    block',
  '>-\n    folded\n    text',
  '|2\n    x',
  '[a, b]',
  '[a, b',
  '{a: 1}',
  '{a: 1, a: 2}',
  '{a, b}',
  '[a: 1]',
  '- x',
  '? x',
  '@x',
  '`x`',
  '%x',
  'a: b',
  'a #b',
  'a#b',
  '#b',
  '-',
  ':',
  '-x',
  ':x',
  '!!map {}',
  '!!seq []',
  '!!set {a}',
  '!!omap [a: 1]',
];

const changes: fc.Arbitrary<(old: Json) => Json> = fc.oneof(
  fc.constant(() => undefined),
  fc.constantFrom(...odd).map(value => () => value),
  fc.constant((old: Json) =>
    typeof old === 'object' && old !== null && !Array.isArray(old) ? { ...old, unknownField: 1 } : [old],
  ),
  fc.constant((old: Json) => (Array.isArray(old) ? [...(old as Json[]), ...(old as Json[])] : JSON.stringify(old))),
  fc.constant((old: Json) => (typeof old === 'string' ? `${old}${old}` : { nested: old })),
);

/** The object, changed in up to three places. */
export const mutated = (object: Json): fc.Arbitrary<Json> =>
  fc.array(fc.tuple(fc.nat(), changes), { maxLength: 2 }).map(steps =>
    steps.reduce((at, [choice, change]) => {
      const places = placesIn(at);
      return changedAt(at, places[choice % places.length]?.path ?? [], change) ?? {};
    }, object),
  );

const blank = (indent: string): string => ' '.repeat(indent.length);

/** Changes of one line, which is given with its indentation apart. */
const lineEdits: ((indent: string, rest: string) => string)[] = [
  (indent, rest) => `${indent}${rest}\n${indent}${rest}`,
  (indent, rest) => `${indent} ${rest}`,
  (indent, rest) => `${indent.replace(/^ {2}/, '\t')}${rest}`,
  (indent, rest) => `${indent}${rest.replace(': ', ':')}`,
  (indent, rest) => `${indent}${rest.replace(': ', ' : ')}`,
  (indent, rest) => `${indent}${rest.replace(': ', ':\t')}`,
  (indent, rest) => `${indent}${rest.replace(': ', `:\n${indent}  `)}`,
  (indent, rest) => `${indent}${rest.replace(': ', `:\n${indent}`)}`,
  (indent, rest) => `${indent}${rest} # comment`,
  (indent, rest) => `${indent}${rest}\t`,
  (indent, rest) => `${indent}${rest}\n${indent}    continued`,
  (indent, rest) => `${indent}${rest}\n${indent}# comment\n${indent}   more`,
  (indent, rest) => `${indent}${rest}\n\n\n`,
  (indent, rest) => `${indent}${rest.replace(/([^\s:]+):/, '"$1":')}`,
  (indent, rest) => `${indent}${rest.replace(/([^\s:]+):/, "? '$1'\n".concat(indent, ':'))}`,
  (indent, rest) => `${indent}1: x\n${indent}${rest}`,
  (indent, rest) => `${indent}true: x\n${indent}${rest}`,
  (indent, rest) => `${indent}${rest.replace(/^([^\s:]+): (.+)$/, `$1: &x $2\n${indent}extra: *x`)}`,
  (indent, rest) => `${indent}<<: {${rest}}`,
  (indent, rest) => `${indent}<<: [{${rest}}, {a: b}]`,
  (indent, rest) => `${indent}${rest}\u0007`,
  (indent, rest) => `${indent}${rest}\u007f`,
  (indent, rest) => `${indent}${rest.replace(': ', ': "')}\n${blank(indent)}  more"`,
  (indent, rest) => `${indent}${rest.replace(/: (.*)$/, ": '$1\n\n".concat(blank(indent), "  x'"))}`,
  (indent, rest) => `${indent}${'k'.repeat(1020)}: x\n${indent}${rest}`,
  (indent, rest) => `${indent}${'k'.repeat(1030)}: x\n${indent}${rest}`,
  (indent, rest) => `${indent}"${'k'.repeat(1030)}": x\n${indent}${rest}`,
  (indent, rest) => `${indent}${rest}\n---`,
  (indent, rest) => `${indent}${rest}\n...`,
];

/** Changes of the whole text. */
const textEdits: ((lines: string[]) => string[])[] = [
  lines => lines.map(line => `${line}\r`),
  lines => ['\uFEFF'.concat(lines[0] ?? ''), ...lines.slice(1)],
  lines => ['---', ...lines, '...'],
  lines => ['--- # comment', ...lines],
  lines => ['%YAML 1.1', '---', ...lines],
  lines => ['%YAML 1.2', '---', ...lines],
  lines => ['%TAG ! tag:example.org,2026:', '---', ...lines],
  lines => ['# comment', '', ...lines],
  lines => lines.map(line => `  ${line}`),
  lines => ['--- !!map', ...lines],
  lines => ['--- &all', ...lines],
  lines => lines.map(line => line.replace(/^( *) {2}- /, '$1- ')),
];

type Edit = (lines: string[], at: number) => string[];

const edits: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(...scalars).map(
      (scalar): Edit =>
        (lines, at) =>
          lines.with(at, withScalar(lines[at] ?? '', scalar)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...lineEdits).map(
      (edit): Edit =>
        (lines, at) => {
          const [, indent = '', rest = ''] = /^((?: |- )*)(.*)$/.exec(lines[at] ?? '') ?? [];
          return lines.toSpliced(at, 1, ...edit(indent, rest).split('\n'));
        },
    ),
  },
  fc.constantFrom(...textEdits).map(
    (edit): Edit =>
      lines =>
        edit(lines),
  ),
);

/** Puts the scalar where the line's value is. */
const withScalar = (line: string, scalar: string): string =>
  /: /.test(line)
    ? line.replace(/: .*$/, () => `: ${scalar}`)
    : line.replace(/^( *- ?).*$/, (_, dash: string) => `${dash}${scalar}`);

/** The object as text, changed in up to two places. */
export const written = (object: Json): fc.Arbitrary<string> =>
  fc.array(fc.tuple(fc.nat(), edits), { maxLength: 2 }).map(steps => {
    const lines = stringify(object, { version: '1.1', lineWidth: 0 }).trimEnd().split('\n');
    return `${steps.reduce((at, [choice, edit]) => edit(at, choice % at.length), lines).join('\n')}\n`;
  });
