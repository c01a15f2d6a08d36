/** Who may import whom (ARCHITECTURE.md). Type-only imports are contracts, not dependencies, and are checked apart. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const src = path.resolve(import.meta.dirname, '../../src');

interface Layer {
  /** Rooms, or root files without suffix. */
  rooms: string[];
  /** Packages and `node:` modules, as regular expressions. */
  packages: RegExp;
  /** Rooms of which only types may be imported. */
  types?: string[];
}

const none = /^$/;
const layers: Record<string, Layer> = {
  errors: { rooms: [], packages: none },
  model: { rooms: [], packages: none },
  language: {
    rooms: ['model', 'errors'],
    packages: /^(yaml|vscode-languageserver-types|@marcbachmann\/cel-js|re2js|rfc6902)$/,
  },
  server: {
    rooms: ['language', 'model', 'errors'],
    packages:
      /^(node:.*|vscode-languageserver(\/node(\.js)?)?|vscode-languageserver-textdocument|vscode-languageserver-types|ajv|ignore)$/,
  },
  kubernetes: {
    rooms: ['model', 'errors'],
    packages: /^(node:.*|@kubernetes\/client-node(\/dist\/.*)?|js-yaml|undici)$/,
  },
  archive: {
    rooms: ['model', 'errors'],
    packages: /^(node:.*|@aws-sdk\/.*|@smithy\/.*|@azure\/.*|@google-cloud\/storage)$/,
  },
  operations: { rooms: ['model', 'errors'], packages: none, types: ['kubernetes', 'archive'] },
  connections: { rooms: ['model', 'errors'], packages: none, types: ['kubernetes'] },
  'action-log': { rooms: ['model', 'errors'], packages: /^node:.*$/, types: ['kubernetes'] },
  records: { rooms: [], packages: /^node:.*$/ },
  'kept-tokens': { rooms: ['model'], packages: none, types: ['records', 'views'] },
  'port-forwarding': { rooms: ['errors'], packages: /^node:.*$/ },
  'live-clusters': { rooms: ['model'], packages: none, types: ['connections', 'views'] },
  'served-kinds': { rooms: ['errors'], packages: none, types: ['connections', 'kubernetes', 'views'] },
  views: {
    rooms: ['model', 'errors'],
    packages: /^(vscode|node:crypto|vscode-languageclient\/node)$/,
    types: ['connections'],
  },
  commands: {
    rooms: ['model', 'errors', 'operations', 'views'],
    packages: /^vscode$/,
    types: [
      'action-log',
      'connections',
      'kept-tokens',
      'kubernetes',
      'archive',
      'language',
      'port-forwarding',
      'records',
    ],
  },
  simulator: { rooms: ['model', 'errors'], packages: /^(node:.*|rfc6902|yaml)$/ },
  cli: {
    rooms: ['language', 'server', 'archive', 'simulator', 'model', 'errors', 'operations'],
    packages: /^(node:.*|yaml|ignore)$/,
  },
  extension: {
    rooms: [
      'commands',
      'views',
      'action-log',
      'connections',
      'kept-tokens',
      'port-forwarding',
      'records',
      'live-clusters',
      'served-kinds',
      'kubernetes',
      'archive',
      'language',
      'simulator',
      'model',
      'errors',
      'operations',
    ],
    packages: /^(vscode|node:.*)$/,
  },
};

const roomOf = (file: string): string => (path.relative(src, file).split(path.sep)[0] ?? '').replace(/\.ts$/, '');

/** `import`/`export ... from` and `import()`, with whether only types are taken. */
function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  const text = fs.readFileSync(file, 'utf8');
  const found = text.matchAll(
    /^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map(match => ({
    target: match[2] ?? match[3] ?? match[4] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

function violationsOf(file: string): string[] {
  const room = roomOf(file);
  const layer = layers[room];
  const name = path.relative(src, file);
  if (!layer) return [`${name}: room "${room}" has no rule`];
  return importsOf(file).flatMap(({ target, typeOnly }) => {
    if (!target.startsWith('.')) return layer.packages.test(target) ? [] : [`${name} imports package ${target}`];
    const other = roomOf(path.resolve(path.dirname(file), target));
    const allowed = other === room || layer.rooms.includes(other) || (typeOnly && layer.types?.includes(other));
    return allowed ? [] : [`${name} imports ${other} (${target})`];
  });
}

test('every import stays within its layer', () => {
  const files = fs.globSync('**/*.ts', { cwd: src }).map(file => path.join(src, file));
  assert.ok(files.length > 30);
  assert.deepEqual(files.flatMap(violationsOf), []);
});

/** Pure parts of the picture that run on both sides. */
const shared = /^\.\.\/topology\/(picture|layout|messages|walk)\.ts$/;

test('the webview takes from its own room, and pure parts of the picture that take nothing from elsewhere', () => {
  const valuesOf = (pattern: string): string[] =>
    fs
      .globSync(pattern, { cwd: src })
      .flatMap(file => importsOf(path.join(src, file)))
      .filter(({ typeOnly }) => !typeOnly)
      .map(({ target }) => target);
  const foreign = valuesOf('views/webview/**/*.ts').filter(target => !target.startsWith('./') && !shared.test(target));
  assert.deepEqual(foreign, []);
  const below = valuesOf('views/topology/{picture,layout,lanes,messages,walk,curves}.ts');
  assert.deepEqual([...new Set(below)].sort(), ['./curves.ts', './lanes.ts', './picture.ts']);
});
