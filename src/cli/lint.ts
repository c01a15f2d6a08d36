/** `lint [--format text|json|sarif|github] [--cnpg-version V] PATH...`; `-` is standard input. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { check, clustersIn, parseFile } from '../language/index.ts';
import type { KnownCluster, ManifestDiagnostic, ManifestFile } from '../language/index.ts';
import { messageOf } from '../errors.ts';
import { loadSchemas } from '../server/schemas.ts';
import type { LintFinding } from './lint-formats.ts';
import { formats } from './lint-formats.ts';

const usage = `usage: lint [--format ${Object.keys(formats).join('|')}] [--cnpg-version V] PATH...`;
const manifests = /\.(ya?ml|json)$/;
/** Not `process.stdin.fd`: touching that object makes reads fail while a pipe is empty. */
const standardInput = 0;
const skipped = new Set(['node_modules', '.git']);

/** @returns the exit code: 0 no error, 1 errors found, 2 could not run */
export async function lint(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        'cnpg-version': { type: 'string' },
        against: { type: 'string' },
        topology: { type: 'boolean' },
      },
    });
    if (values.against !== undefined || values.topology)
      return refuse('--against and --topology are not available yet');
    const format = Object.hasOwn(formats, values.format) ? formats[values.format] : undefined;
    if (!format) return refuse(`unknown format "${values.format}"\n${usage}`);
    if (positionals.length === 0) return refuse(usage);
    const schemas = loadSchemas();
    const version = values['cnpg-version'] ?? schemas.versions[0] ?? '';
    if (!schemas.versions.includes(version))
      return refuse(`CNPG ${version} is not known; known are ${schemas.versions.join(', ')}`);
    const named = new Map(positionals.flatMap(filesOf).map(file => [path.resolve(file), file]));
    const files = [...named.values()].map(file => ({ file, manifest: parseFile(textOf(file)) }));
    const found = files.flatMap(({ file, manifest }) =>
      check(manifest, { schemas, version, others: othersOf(files, file) }).map(diagnostic =>
        findingOf(file, diagnostic),
      ),
    );
    process.stdout.write(format(found, files.length));
    return found.some(({ severity }) => severity === 'error') ? 1 : 0;
  } catch (error) {
    return refuse(messageOf(error));
  }
}

function refuse(message: string): number {
  process.stderr.write(`lint: ${message}\n`);
  return 2;
}

/** A folder stands for the manifests in it. @throws Error for a path that does not exist */
function filesOf(given: string): string[] {
  if (given === '-') return [given];
  if (!fs.statSync(given).isDirectory()) return [given];
  return fs
    .readdirSync(given, { withFileTypes: true })
    .filter(entry => !skipped.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const each = path.join(given, entry.name);
      if (entry.isDirectory()) return filesOf(each);
      return entry.isFile() && manifests.test(entry.name) ? [each] : [];
    });
}

const textOf = (file: string): string => fs.readFileSync(file === '-' ? standardInput : file, 'utf8');

const othersOf = (files: readonly { file: string; manifest: ManifestFile }[], own: string): KnownCluster[] =>
  files
    .filter(({ file }) => file !== own)
    .flatMap(({ file, manifest }) => clustersIn(manifest).map(cluster => ({ ...cluster, uri: file })));

const severityNames = ['error', 'warning', 'info', 'hint'] as const;

const findingOf = (file: string, { range, severity, code, message, data }: ManifestDiagnostic): LintFinding => ({
  file,
  line: range.start.line + 1,
  column: range.start.character + 1,
  endLine: range.end.line + 1,
  endColumn: range.end.character + 1,
  severity: severityNames[severity - 1] ?? 'error',
  code,
  message,
  path: data.path,
});
