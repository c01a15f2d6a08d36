/** `topology`: the topologies that manifests describe, with what is wrong about them. */
import { parseArgs } from 'node:util';
import { topologiesOf } from '../language/index.ts';
import { loadSchemas } from '../server/schemas.ts';
import { createChecker } from './lint-check.ts';
import { findFiles } from './lint-paths.ts';
import { placesOf, readTogether, rulesOf } from './manifests.ts';
import { topologyFormats } from './topology-formats.ts';

const usage = `usage: cnpg-replica topology [--format ${Object.keys(topologyFormats).join('|')}] [--place FOLDER=CONTEXT]... [--rule CODE=SEVERITY]... PATH...`;
const help = `${usage}

Shows the topologies that the manifests in PATH describe: members with their roles, the archives that they write and read,
the links between them, and what the rules over both sides find. PATH is as for lint.

  --format F   text (default), json, mermaid
  --place F=C  the manifests below folder F are for Kubernetes context C
  --rule C=S   how much rule C counts: off, hint, info, warning or error
  -h, --help   this text

Exit code: 0 no error, 1 errors found, 2 could not run or could not read a file.
`;

/** @returns the exit code @throws Error when it cannot run */
export async function topology(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'text' },
      place: { type: 'string', multiple: true, default: [] },
      rule: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const format = Object.hasOwn(topologyFormats, values.format) ? topologyFormats[values.format] : undefined;
  if (!format) throw new Error(`unknown format "${values.format}"\n${usage}`);
  if (positionals.length === 0) throw new Error(`no PATH is given\n${usage}`);
  const { files, faults, notices } = findFiles(positionals);
  if (files.length === 0 && faults.length > 0) {
    for (const { file, message } of faults) say(`${file}: ${message}`);
    return 2;
  }
  const manifests = readTogether(files, placesOf(values.place));
  const schemas = loadSchemas();
  const checker = createChecker({
    schemas,
    version: schemas.versions[0] ?? '',
    against: undefined,
    manifests,
    rules: rulesOf(values.rule),
  });
  const checked = files.map(file => ({ file, ...checker.checkFile(file) }));
  const findings = checked.flatMap(({ found }) => found).filter(({ code }) => isShown(code));
  process.stdout.write(format(topologiesOf(manifests.workspace), findings));
  for (const notice of notices) say(notice);
  const unread = checked.flatMap(({ file, unreadable }) =>
    unreadable === undefined ? [] : [{ file, message: unreadable }],
  );
  for (const { file, message } of [...faults, ...unread]) say(`${file}: ${message}`);
  if (faults.length + unread.length > 0) return 2;
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** What is no YAML is not in the picture, which would not say so. */
const isShown = (code: string): boolean => /^RC\d+$/.test(code) || code === 'yaml/syntax';

const say = (message: string): void => void process.stderr.write(`topology: ${message}\n`);
