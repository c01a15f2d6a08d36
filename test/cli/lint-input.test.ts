/** `lint` and files that nobody would write by hand: it says what is wrong with each, checks the others, and ends in time. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-lint-input-'));
after(() => {
  execFileSync('chmod', ['-R', 'u+rwX', root]);
  fs.rmSync(root, { recursive: true });
});

const head = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n';
const good = `${head}  instances: 3\n  storage: {size: 1Gi}\n`;
const bad = good.replace('instances', 'instanses');
const neighbour = 'zz.yaml:6:3: error: "instanses"';

const utf16 = (text: string, big: boolean): Buffer => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return big ? bytes.swap16() : bytes;
};

const bomb = Array.from({ length: 30 }, (_, at) => `  a${at}: &a${at} [${`*a${at - 1},`.repeat(9)}]\n`)
  .join('')
  .replace(/\*a-1/g, 'x');

interface Case {
  name: string;
  /** Puts `file` into the folder. */
  make: (file: string) => void;
  /** Milliseconds that the whole process may take. */
  within?: number;
  /** On stdout, where the file is checked. */
  out?: RegExp;
  /** On stderr, where it is not; then the code is 2. */
  error?: RegExp;
  skip?: boolean;
}

const content =
  (bytes: string | Buffer) =>
  (file: string): void =>
    fs.writeFileSync(file, bytes);

const cases: Case[] = [
  {
    name: 'no permission',
    make(file) {
      fs.writeFileSync(file, good);
      fs.chmodSync(file, 0);
    },
    error: /x\.yaml: it cannot be read: permission denied\n/,
    skip: process.getuid?.() === 0,
  },
  { name: 'an empty folder', make: file => fs.mkdirSync(file), error: /x\.yaml: it is an empty folder/ },
  { name: 'a pipe', make: file => void execFileSync('mkfifo', [file]), error: /x\.yaml: it is a pipe, not a file\n/ },
  { name: 'a device', make: file => fs.symlinkSync('/dev/zero', file), error: /x\.yaml: it is a device, not a file\n/ },
  {
    name: 'a link to nothing',
    make: file => fs.symlinkSync('nothing', file),
    error: /x\.yaml: the link leads nowhere/,
  },
  {
    name: 'more than 10 MB',
    make: content(`${good}# ${'x'.repeat(10 * 1024 * 1024)}\n`),
    error: /x\.yaml: it is larger than 10 MB.*\.cnpglintignore/,
  },
  {
    name: 'a terabyte of nothing',
    make: file => (fs.writeFileSync(file, ''), fs.truncateSync(file, 2 ** 40)),
    error: /larger than 10 MB/,
  },
  {
    name: 'binary',
    make: content(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1, 0, 0])),
    out: /x\.yaml:1:1: error: .*binary.*\[yaml\/encoding\]/,
  },
  {
    name: 'a NUL in a manifest',
    make: content(`${good}# \0\n`),
    out: /x\.yaml:8:3: error: .*U\+0000.*\[yaml\/syntax\]/,
  },
  {
    name: 'UTF-16, little endian',
    make: content(utf16(good, false)),
    out: /x\.yaml:1:1: error: .*UTF-16.*Save it as UTF-8\. \[yaml\/encoding\]/,
  },
  {
    name: 'UTF-16, big endian',
    make: content(utf16(good, true)),
    out: /x\.yaml:1:1: error: .*UTF-16.*\[yaml\/encoding\]/,
  },
  { name: 'UTF-16 without a mark', make: content(utf16(good, false).subarray(2)), out: /x\.yaml:1:1: error: .*UTF-16/ },
  { name: 'UTF-16 of others', make: content(utf16('kind: Service\n', false)), out: /^(?!x\.yaml)/ },
  {
    name: 'Latin-1',
    make: content(Buffer.from(`${good}  # Z\u00fcrich\n`, 'latin1')),
    out: /x\.yaml:8:6: error: .*not in UTF-8.*\[yaml\/encoding\]/,
  },
  { name: 'a byte order mark of UTF-8', make: content(`\uFEFF${good}`), out: /^(?!x\.yaml)/ },
  { name: 'CRLF', make: content(bad.replaceAll('\n', '\r\n')), out: /x\.yaml:6:3: error: "instanses"/ },
  {
    name: 'JSON with tabs',
    make: content(
      JSON.stringify(
        {
          apiVersion: 'postgresql.cnpg.io/v1',
          kind: 'Cluster',
          metadata: { name: 'pg' },
          spec: { instances: 3, storage: { size: '1Gi' } },
        },
        null,
        '\t',
      ),
    ),
    out: /^(?!x\.yaml)/,
  },
  {
    name: 'a bomb of aliases',
    make: content(`${head}${bomb}`),
    out: /x\.yaml:\d+:\d+: error: The aliases stand for too many values/,
  },
  {
    name: 'nested 100,000 deep',
    make: content(`${head}  x: ${'['.repeat(100_000)}\n`),
    out: /x\.yaml:\d+:\d+: error: .*nested too deeply/,
  },
  {
    name: 'nested 100,000 deep in one line',
    make: content(`${head}  x:\n    ${'- '.repeat(100_000)}\n`),
    out: /x\.yaml:\d+:\d+: error: .*nested too deeply/,
  },
  {
    name: 'a line of 5 MB',
    make: content(`${good}  description: ${'x'.repeat(5_000_000)}\n`),
    out: /^x\.yaml:1:1: error: The document has more than 3 MiB/,
  },
  {
    name: '100,000 lines, one object',
    make: content(`${good}  postgresql:\n    pg_hba:\n${'      - local all all md5\n'.repeat(100_000)}`),
    within: 60_000,
    out: /^(?!x\.yaml)/,
  },
  {
    name: '100,000 lines, 12,500 objects',
    make: content(`---\n${good}`.repeat(12_500)),
    within: 60_000,
    out: /^(?!x\.yaml)/,
  },
  {
    name: '100,000 lines of others',
    make: content('---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {b: c}\n'.repeat(20_000)),
    within: 5000,
    out: /^(?!x\.yaml)/,
  },
];

for (const [at, { name, make, within = 20_000, out = /^zz\.yaml/, error = /^$/, skip = false }] of cases.entries())
  test(name, { skip: skip && 'root may read everything' }, () => {
    const folder = path.join(root, String(at));
    fs.mkdirSync(folder);
    make(path.join(folder, 'x.yaml'));
    fs.writeFileSync(path.join(folder, 'zz.yaml'), bad);
    const result = spawnSync(process.execPath, ['--max-old-space-size=1024', cli, 'lint', '.'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: within,
    });
    assert.equal(result.signal, null, `it took longer than ${within} ms`);
    assert.match(result.stdout, out);
    assert.ok(result.stdout.includes(neighbour), result.stdout.slice(0, 500));
    assert.match(result.stderr, error);
    assert.equal(result.status, result.stderr === '' ? 1 : 2);
  });

test('a command in the place of a file: <(command)', () => {
  const command = `"${process.execPath}" "${cli}" lint <(cat)`;
  const { status, stdout } = spawnSync('bash', ['-c', command], { input: bad, encoding: 'utf8', timeout: 20_000 });
  assert.match(stdout, /^\/dev\/fd\/\d+:6:3: error: "instanses"/);
  assert.equal(status, 1);
});
