/** The examples on each rule's page are its tests: a `^^^^ severity` comment stands under what is found, and nothing else is. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { check, parseFile, rules } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const folder = path.resolve(import.meta.dirname, '../../src/language/rules');
const pages = fs.readdirSync(folder).filter(file => file.endsWith('.md'));
const severities = ['error', 'warning', 'info', 'hint'];

interface Marked {
  line: number;
  from: number;
  to: number;
  severity: string;
}

/** The marks of an example; the marked line is the last one that is no mark. */
function marksOf(example: string): Marked[] {
  let line = 0;
  return example.split('\n').flatMap((text, at) => {
    const mark = /^(#\s*)(\^+) (\w+)$/.exec(text);
    if (!mark) {
      line = at;
      return [];
    }
    const from = (mark[1] ?? '').length;
    return [{ line, from, to: from + (mark[2] ?? '').length, severity: mark[3] ?? '' }];
  });
}

test('every rule has a page, and every page a rule', () => {
  const titles = pages.map(page => /^# (RC\d+): /.exec(fs.readFileSync(path.join(folder, page), 'utf8'))?.[1] ?? page);
  const codes = rules.map(({ code }) => code);
  assert.deepEqual(new Set(titles), new Set(codes));
  assert.equal(titles.length, codes.length);
});

for (const page of pages) {
  const text = fs.readFileSync(path.join(folder, page), 'utf8');
  const code = /^# (RC\d+)/.exec(text)?.[1] ?? '';
  const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, example = '']) => example);
  test(`${code} ${page}`, () => {
    assert.ok(examples.some(example => marksOf(example).length > 0) && examples.some(e => marksOf(e).length === 0));
    for (const example of examples) {
      const found = check(parseFile(example), { schemas, version: newest })
        .filter(diagnostic => diagnostic.code === code)
        .map(({ range, severity }) => ({
          line: range.start.line,
          from: range.start.character,
          to: range.end.character,
          severity: severities[severity - 1],
        }));
      assert.deepEqual(found, marksOf(example), example);
      const faults = check(parseFile(example), { schemas, version: newest }).filter(each =>
        each.code.startsWith('schema/'),
      );
      assert.deepEqual(
        faults.filter(({ severity }) => severity === 1).map(({ message }) => message),
        [],
        example,
      );
    }
  });
}

test('a fix leads to text without the finding, and keeps comments', () => {
  for (const page of pages) {
    const text = fs.readFileSync(path.join(folder, page), 'utf8');
    const code = /^# (RC\d+)/.exec(text)?.[1] ?? '';
    for (const [, example = ''] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
      const found = check(parseFile(example), { schemas, version: newest }).filter(each => each.code === code);
      for (const { data, range } of found)
        for (const { title, edits } of data.fixes) {
          const fixed = apply(example, edits);
          const left = check(parseFile(fixed), { schemas, version: newest });
          assert.ok(
            !left.some(each => each.code === code && each.data.path === data.path),
            `${code}: ${title}\n${fixed}`,
          );
          assert.ok(!left.some(each => each.code.startsWith('yaml/')), `${code}: ${title}\n${fixed}`);
          assert.ok(range.start.line >= 0);
        }
    }
  }
});

function apply(text: string, edits: { range: { start: Place; end: Place }; newText: string }[]): string {
  const starts = [0, ...Array.from(text.matchAll(/\n/g), match => match.index + 1)];
  const offset = ({ line, character }: Place): number => (starts[line] ?? text.length) + character;
  return edits
    .toSorted((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce((at, { range, newText }) => at.slice(0, offset(range.start)) + newText + at.slice(offset(range.end)), text);
}

interface Place {
  line: number;
  character: number;
}

test('a comment silences one rule in one place', () => {
  const text = fs.readFileSync(path.join(folder, 'mode-mixed.md'), 'utf8');
  const example = (/```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '').replace(
    'enabled: true',
    'enabled: true # cnpg-topology-ignore: RC101',
  );
  assert.ok(!check(parseFile(example), { schemas, version: newest }).some(({ code }) => code === 'RC101'));
});
