/** The examples on each rule's page are its tests: a `^^^^ severity` comment stands under what is found, and nothing else is. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { ManifestDiagnostic } from '../../src/language/index.ts';
import { check, parseFile, rules, webhookRules } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const language = path.resolve(import.meta.dirname, '../../src/language');
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

interface Example {
  text: string;
  /** The object as it was, on pages of rules for updates: a fence `yaml before` in front of the example. */
  before: string | undefined;
}

interface Page {
  name: string;
  code: string;
  examples: Example[];
}

function pagesOf(folder: string): Page[] {
  return fs
    .readdirSync(path.join(language, folder))
    .filter(file => file.endsWith('.md'))
    .map(name => {
      const text = fs.readFileSync(path.join(language, folder, name), 'utf8');
      let before: string | undefined;
      const examples = [...text.matchAll(/```yaml( before)?\n([\s\S]*?)```/g)].flatMap(([, isBefore, example = '']) => {
        const old = before;
        before = isBefore ? example : undefined;
        return isBefore ? [] : [{ text: example, before: old }];
      });
      return { name, code: /^# ([\w/-]+): /.exec(text)?.[1] ?? '', examples };
    });
}

const checked = (text: string, before?: string): ManifestDiagnostic[] =>
  check(parseFile(text), {
    schemas,
    version: newest,
    ...(before !== undefined && { against: parseFile(before) }),
  });

const marked = ({ range, severity }: ManifestDiagnostic): Marked => ({
  line: range.start.line,
  from: range.start.character,
  to: range.end.character,
  severity: severities[severity - 1] ?? '',
});

for (const [folder, codes] of [
  ['rules', rules.map(({ code }) => code)],
  ['webhook', webhookRules.map(({ code }) => code)],
] as const) {
  const pages = pagesOf(folder);

  test(`${folder}: every rule has a page, and every page a rule`, () => {
    assert.deepEqual(pages.map(({ code }) => code).sort(), [...codes].sort());
    if (folder === 'webhook')
      for (const { name, code } of pages) assert.equal(code, `webhook/${name.replace(/\.md$/, '')}`);
  });

  for (const { name, code, examples } of pages) {
    test(`${code} ${name}`, () => {
      assert.ok(
        examples.some(({ text }) => marksOf(text).length > 0),
        'an example of what is wrong',
      );
      assert.ok(
        examples.some(({ text }) => marksOf(text).length === 0),
        'an example of what is right',
      );
      for (const { text, before } of examples) {
        const all = checked(text, before);
        assert.deepEqual(all.filter(each => each.code === code).map(marked), marksOf(text), text);
        const others = all.filter(
          each => each.severity === 1 && each.code !== code && /^(schema|webhook)/.test(each.code),
        );
        // A page on the replica stanza leaves out what does not matter to it.
        const unexpected = folder === 'rules' ? others.filter(each => each.code.startsWith('schema/')) : others;
        assert.deepEqual(
          unexpected.map(({ message }) => message),
          [],
          text,
        );
      }
    });
  }

  test(`${folder}: a fix leads to text without the finding, and keeps comments`, () => {
    for (const { code, examples } of pages)
      for (const { text, before } of examples)
        for (const { data } of checked(text, before).filter(each => each.code === code))
          for (const { title, edits } of data.fixes) {
            const fixed = apply(text, edits);
            const left = checked(fixed, before);
            assert.ok(
              !left.some(each => each.code === code && each.data.path === data.path),
              `${code}: ${title}\n${fixed}`,
            );
            assert.ok(!left.some(each => each.code.startsWith('yaml/')), `${code}: ${title}\n${fixed}`);
          }
  });
}

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
  const text = fs.readFileSync(path.join(language, 'rules/mode-mixed.md'), 'utf8');
  const example = (/```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '').replace(
    'enabled: true',
    'enabled: true # cnpg-topology-ignore: RC101',
  );
  assert.ok(!check(parseFile(example), { schemas, version: newest }).some(({ code }) => code === 'RC101'));
});

const stanza = (replica: string, rest = ''): string => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: pg-us
spec:
  replica:
${replica}${rest}`;
const both = '  externalClusters:\n    - name: pg-eu\n    - name: pg-us\n';
const found = (text: string) => check(parseFile(text), { schemas, version: newest });
const codes = (text: string): string[] => found(text).map(({ code }) => code);
const fixes = (text: string, code: string): string[] =>
  found(text)
    .filter(each => each.code === code)
    .flatMap(({ data }) => data.fixes.map(({ edits }) => apply(text, edits)));

test('RC119: what is a delay, and what is none', () => {
  const delayed = (delay: string, primary = 'pg-eu'): string[] =>
    codes(stanza(`    primary: ${primary}\n    source: pg-eu\n    minApplyDelay: ${delay}\n`, both));
  for (const delay of ['0.5h', '0h30m', '8h']) assert.ok(delayed(delay).includes('RC119'), delay);
  for (const delay of ['0', '0s', '-8h']) assert.ok(!delayed(delay).includes('RC119'), delay);
  for (const primary of ['pg-eu', 'pg-us']) assert.ok(delayed('1d', primary).includes('RC119'), primary);
});

test('fixes never write a key twice, and quote what needs it', () => {
  for (const [text, code] of [
    [stanza('    primary: pg-eu\n    source:\n', both), 'RC102'],
    [stanza('    primary: pg-eu\n    source: pg-eu\n', '  externalClusters:\n'), 'RC103'],
  ] as const) {
    assert.ok(codes(text).includes(code));
    for (const fixed of fixes(text, code)) assert.ok(!codes(fixed).includes('yaml/duplicate-key'), fixed);
  }
  const odd = stanza('    primary: "1: 2"\n', '  externalClusters:\n    - name: "1: 2"\n');
  assert.ok(fixes(odd, 'RC102').some(fixed => fixed.includes('source: "1: 2"')));
});

test('RC102 does not offer the Cluster itself', () => {
  const offered = fixes(stanza('    primary: pg-us\n', both), 'RC102');
  assert.deepEqual(
    offered.map(fixed => /source: (\S+)/.exec(fixed)?.[1]),
    ['pg-eu'],
  );
});

test('an unknown field leaves the other rules on', () => {
  const text = stanza('    primary: pg-xx\n    source: pg-yy\n    foo: 3\n', both);
  assert.ok(['RC103', 'RC104', 'schema/unknown-field'].every(code => codes(text).includes(code)));
});

test('no fix writes into what an anchor shares', () => {
  const shared = '  affinity: &r {primary: pg-eu, source: pg-xx}\n';
  const text = stanza('    <<: *r\n', both).replace('spec:\n', `spec:\n${shared}`);
  assert.ok(codes(text).includes('RC103'));
  assert.ok(fixes(text, 'RC103').every(fixed => fixed.includes(shared)));
});
