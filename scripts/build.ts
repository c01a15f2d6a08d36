/**
 * Builds dist/: one bundle per process or per heavy library, so that nothing is loaded before it is needed.
 * Usage: node scripts/build.ts [--sourcemap]
 */
import fs from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { declaresOnlyPlugin } from './declares-only.ts';
import { buildValidators } from './validators.ts';

const root = path.resolve(import.meta.dirname, '..');
const source = (file: string): string => path.join(root, 'src', file);

/** Rooms that are bundles of their own: an `await import()` of their façade becomes a load of the sibling file. */
const lazyRooms: Record<string, string> = {
  [source('kubernetes/index.ts')]: './cluster.js',
  [source('archive/index.ts')]: './archive.js',
  [source('archive/s3.ts')]: './s3.js',
  [source('archive/azure.ts')]: './azure.js',
  [source('archive/google.ts')]: './google.js',
  [source('simulator/index.ts')]: './simulator.js',
  [source('language/live-yaml.ts')]: './live-yaml.js',
  [source('views/language-client.ts')]: './language-client.js',
};

/** A room that several bundles need whole is one of its own, which they load at once. */
const sharedRooms: Record<string, string> = { [source('language/index.ts')]: './language.js' };

const roomsPlugin: esbuild.Plugin = {
  name: 'rooms',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ kind, resolveDir, path: imported }) => {
      const file = path.resolve(resolveDir, imported);
      const bundle =
        (kind === 'dynamic-import' && lazyRooms[file]) || (kind === 'import-statement' && sharedRooms[file]);
      return bundle ? { path: bundle, external: true } : undefined;
    });
  },
};

const common: esbuild.BuildOptions = {
  bundle: true,
  minify: true,
  keepNames: false,
  sourcemap: process.argv.includes('--sourcemap') ? 'linked' : false,
  logLevel: 'warning',
  outdir: path.join(root, 'dist'),
  legalComments: 'none',
};

fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
await Promise.all([
  esbuild.build({
    ...common,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The ESM builds: the UMD builds of some language server packages cannot be bundled.
    mainFields: ['module', 'main'],
    // Azure's SDK loads Arrow for listings in that format, which nobody here asks for.
    external: ['vscode', 'apache-arrow'],
    define: {
      'import.meta.dirname': '__dirname',
      // As in Node's own build of undici: without its second parser of HTTP/1, an experiment that is off.
      esbuildDetection: 'true',
    },
    // The build for Node asks the environment at each token whether to log it, which takes a tenth of the time.
    alias: { yaml: path.join(root, 'node_modules/yaml/browser/dist/index.js') },
    plugins: [roomsPlugin, declaresOnlyPlugin],
    supported: { 'dynamic-import': false },
    entryPoints: {
      extension: source('extension.ts'),
      server: source('server/main.ts'),
      compile: source('server/compile.ts'),
      cluster: source('kubernetes/index.ts'),
      archive: source('archive/index.ts'),
      s3: source('archive/s3.ts'),
      azure: source('archive/azure.ts'),
      google: source('archive/google.ts'),
      cli: source('cli/main.ts'),
      language: source('language/index.ts'),
      'live-yaml': source('language/live-yaml.ts'),
      simulator: source('simulator/index.ts'),
      'language-client': source('views/language-client.ts'),
    },
  }),
  esbuild.build({
    ...common,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: { webview: source('views/webview/main.ts') },
  }),
  buildValidators(path.join(root, 'schemas'), path.join(root, 'dist/validators')),
]);
copyPages();
// The package as a whole has no "type"; src/, test/ and scripts/ are ES modules, the bundles are CommonJS.
fs.writeFileSync(path.join(root, 'dist/package.json'), '{ "type": "commonjs" }\n');

/** The pages about diagnostics, each by its code: `webhook/schedule` is `dist/rules/webhook-schedule.md`. */
function copyPages(): void {
  const target = path.join(root, 'dist/rules');
  fs.mkdirSync(target);
  for (const page of fs.globSync('src/language/*/*.md', { cwd: root })) {
    const text = fs.readFileSync(path.join(root, page), 'utf8');
    const code = /^# ([\w/-]+): /.exec(text)?.[1];
    if (code === undefined) throw new Error(`${page} does not begin with "# CODE: "`);
    fs.writeFileSync(path.join(target, `${code.replaceAll('/', '-')}.md`), text);
  }
}
