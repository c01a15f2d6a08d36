/** The examples on each rule's page are its tests: a `^^^^ severity` comment stands under what is found, and nothing else is. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { ManifestDiagnostic } from '../../src/language/index.ts';
import {
  check,
  createWorkspace,
  neighboursIn,
  parseFile,
  rules,
  schemaCodes,
  webhookRules,
  yamlCodes,
} from '../../src/language/index.ts';
import { apply } from '../support/edits.ts';
import { newest, schemas } from '../support/schemas.ts';

const language = path.resolve(import.meta.dirname, '../../src/language');
const severities = ['error', 'warning', 'info', 'hint'];

interface Marked {
  line: number;
  from: number;
  to: number;
  severity: string;
}

/** The marks of an example; the marked line is the last one that is no mark. `#^^^` begins at the first column. */
function marksOf(example: string): Marked[] {
  let line = 0;
  return example.split('\n').flatMap((text, at) => {
    const mark = /^(#\s*)(\^+) (\w+)$/.exec(text);
    if (!mark) {
      line = at;
      return [];
    }
    const [, space = '', carets = '', severity = ''] = mark;
    return [{ line, from: space === '#' ? 0 : space.length, to: space.length + carets.length, severity }];
  });
}

interface ExampleFile {
  text: string;
  /** Kubernetes context: of the fence `yaml in eu`. Fences for different ones behind each other are one example. */
  context?: string;
}

interface Example {
  files: ExampleFile[];
  /** The object as it was, on pages of rules for updates: a fence `yaml before` in front of the example. */
  before?: string;
  /** Of CNPG: a fence `yaml 1.28`. */
  version?: string;
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
      const page = fs.readFileSync(path.join(language, folder, name), 'utf8');
      let before: string | undefined;
      const examples: Example[] = [];
      for (const [, info, text = ''] of page.matchAll(/```yaml(?: (before|in \w+|[\d.]+))?\n([\s\S]*?)```/g)) {
        const context = info?.startsWith('in ') ? info.slice(3) : undefined;
        const others = context === undefined ? [] : (examples.at(-1)?.files ?? []);
        if (info === 'before') before = text;
        else if (
          context !== undefined &&
          others.length > 0 &&
          others.every(({ context: each }) => each && each !== context)
        )
          others.push({ text, context });
        else {
          examples.push({
            files: [{ text, ...(context !== undefined && { context }) }],
            ...(before !== undefined && { before }),
            ...(info !== undefined && info !== 'before' && context === undefined && { version: info }),
          });
          before = undefined;
        }
      }
      return { name, code: /^# ([\w/-]+): /.exec(page)?.[1] ?? '', examples };
    });
}

const uriOf = ({ context = 'x' }: ExampleFile): string => `file:///${context}/manifests.yaml`;

/** What is found in each file; for the folder `rules` as in a workspace that has these files and nothing else. */
function checked({ files, before, version = newest }: Example, folder: string): ManifestDiagnostic[][] {
  const options = { schemas, version, ...(before !== undefined && { against: parseFile(before) }) };
  const parsed = files.map(({ text }) => parseFile(text));
  if (folder !== 'rules') return parsed.map(file => check(file, options));
  const workspace = createWorkspace();
  for (const [at, file] of parsed.entries()) {
    const { text = '', context } = files[at] ?? {};
    workspace.set({ uri: uriOf(files[at] ?? { text }), file, context, neighbours: neighboursIn(text) });
  }
  return parsed.map(file => check(file, { ...options, workspace, scope: 'workspace' }));
}

const marked = ({ range, severity }: ManifestDiagnostic): Marked => ({
  line: range.start.line,
  from: range.start.character,
  to: range.end.character,
  severity: severities[severity - 1] ?? '',
});

const codesIn = {
  rules: rules.map(({ code }) => code),
  webhook: webhookRules.map(({ code }) => code),
  schema: schemaCodes.map(code => `schema/${code}`),
  yaml: ['template', ...yamlCodes.map(code => `yaml/${code}`)],
};

for (const [folder, codes] of Object.entries(codesIn)) {
  const pages = pagesOf(folder);

  test(`${folder}: every code has a page, and every page a code`, () => {
    assert.deepEqual(pages.map(({ code }) => code).sort(), [...codes].sort());
    if (folder !== 'rules')
      for (const { name, code } of pages) assert.equal(code.split('/').at(-1), name.replace(/\.md$/, ''));
  });

  for (const { name, code, examples } of pages) {
    test(`${code} ${name}`, () => {
      const isWrong = ({ files }: Example): boolean => files.some(({ text }) => marksOf(text).length > 0);
      assert.ok(examples.some(isWrong), 'an example of what is wrong');
      assert.ok(!examples.every(isWrong), 'an example of what is right');
      for (const example of examples)
        for (const [at, all] of checked(example, folder).entries()) {
          const { text = '' } = example.files[at] ?? {};
          const found = all.filter(each => each.code === code).map(marked);
          assert.deepEqual(
            found.toSorted((a, b) => a.line - b.line),
            marksOf(text),
            text,
          );
          const others = all.filter(each => each.severity === 1 && each.code !== code);
          // A page on the replica stanza leaves out what does not matter to it.
          const unexpected = others.filter(each => folder !== 'rules' || each.code.startsWith('schema/'));
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
      for (const example of examples)
        for (const [at, all] of checked(example, folder).entries())
          for (const { data } of all.filter(each => each.code === code))
            for (const { title, edits, elsewhere = [] } of data.fixes) {
              const own = example.files[at] ?? { text: '' };
              const changes = [{ uri: uriOf(own), edits }, ...elsewhere];
              const files = example.files.map(file => ({
                ...file,
                text: apply(
                  file.text,
                  changes.filter(({ uri }) => uri === uriOf(file)).flatMap(change => change.edits),
                ),
              }));
              const left = checked({ ...example, files }, folder);
              const what = `${code}: ${title}\n${files.map(file => file.text).join('\n')}`;
              assert.ok(!left[at]?.some(each => each.code === code && each.data.path === data.path), what);
              assert.ok(!left.flat().some(each => each.code.startsWith('yaml/')), what);
            }
  });
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

test('RC103, RC104: a slip is repaired, and no repair changes a role', () => {
  const offered = (text: string, code: string): (string | undefined)[] =>
    fixes(text, code).flatMap(fixed => /(?:source|primary): (pg-\w+)\n {4}#/.exec(fixed)?.[1] ?? []);
  const withPrimary = (name: string, rest = both): string =>
    stanza(`    source: pg-eu\n    primary: ${name}\n    # here\n`, rest);
  assert.ok(offered(withPrimary('pg-eup'), 'RC104').includes('pg-eu'));
  assert.deepEqual(
    new Set(offered(withPrimary('pg-us', '  externalClusters:\n    - name: pg-eu\n'), 'RC104')),
    new Set(['pg-us']),
  );
  assert.deepEqual(
    new Set(offered(withPrimary('pg-uz', '  externalClusters:\n    - name: pg-us\n'), 'RC104')),
    new Set(['pg-uz']),
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
