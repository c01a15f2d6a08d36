/** `lint`: the checks of the editor for files, folders and standard input. */
import { parseArgs } from 'node:util';
import { messageOf } from '../errors.ts';
import { isOurs, linkedFiles, parseFile } from '../language/index.ts';
import type { ManifestFile } from '../language/index.ts';
import { loadSchemas } from '../server/schemas.ts';
import type { CheckedFile, Checker } from './lint-check.ts';
import { createChecker } from './lint-check.ts';
import { formats } from './lint-formats.ts';
import { findFiles } from './lint-paths.ts';
import { readManifest } from './lint-read.ts';
import { placesOf, readTogether, rulesOf } from './manifests.ts';

const usage = `usage: cnpg-replica lint [--format ${Object.keys(formats).join('|')}] [--cnpg-version V] [--against FILE] [--topology [--place FOLDER=CONTEXT]...] [--rule CODE=SEVERITY]... PATH...`;
const help = `${usage}

Checks manifests of CloudNativePG and its Barman Cloud plugin as the API server and the operator do.
PATH is a file, a folder (with all below it), a glob in quotes, or - for standard input.

  --format F        text (default), json, sarif (2.1.0), github (annotations of GitHub Actions)
  --cnpg-version V  the CloudNativePG to check for; without it the newest that is known
  --against FILE    the objects as they are now (kubectl get -o yaml): manifests are judged as updates of them
  --topology        the rules over both sides of a topology too (RC2xx to RC8xx): all files are looked at together
  --place F=C       with --topology: the manifests below folder F are for Kubernetes context C
  --rule C=S        how much rule C counts: off, hint, info, warning or error; as often as needed
  -h, --help        this text

Files that .cnpglintignore names (as .gitignore does) are left out. A comment
"# cnpg-topology-ignore: RC113" on a line or above it silences that rule there.

Exit code: 0 no error, 1 errors found, 2 could not run or could not read a file.
`;

/** A run that cannot begin, and why. */
class Refusal extends Error {}

/** @returns the exit code: 0 no error, 1 errors found, 2 could not run */
export async function lint(args: string[]): Promise<number> {
  try {
    return run(args);
  } catch (error) {
    say(messageOf(error));
    return 2;
  }
}

function run(args: string[]): number {
  const { values, positionals } = options(args);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const format = Object.hasOwn(formats, values.format) ? formats[values.format] : undefined;
  if (!format) throw new Refusal(`unknown format "${values.format}"\n${usage}`);
  if (positionals.length === 0) throw new Refusal(`no PATH is given\n${usage}`);
  if (values.place.length > 0 && !values.topology)
    throw new Refusal(`--place is for the rules over both sides: add --topology\n${usage}`);
  const schemas = loadSchemas();
  const version = values['cnpg-version'] ?? schemas.versions[0] ?? '';
  if (!schemas.versions.includes(version))
    throw new Refusal(`CNPG ${version} is not known; known are ${schemas.versions.join(', ')}`);
  const against = values.against === undefined ? undefined : readOld(values.against);

  const { files, faults, notices } = findFiles(positionals);
  const manifests = values.topology ? readTogether(files, placesOf(values.place)) : undefined;
  const checker = createChecker({
    schemas,
    version,
    against,
    rules: rulesOf(values.rule),
    ...(manifests && { manifests }),
  });
  const checked = checkAll(files, checker);
  const unread = checked.flatMap(({ unreadable }, at) =>
    unreadable === undefined ? [] : [{ file: files[at] ?? '', message: unreadable }],
  );
  const found = checked.flatMap(file => file.found);
  const isNothing = files.length === unread.length && faults.length + unread.length > 0;
  if (!isNothing) process.stdout.write(format(found, files.length - unread.length));
  for (const notice of notices) say(notice);
  for (const { file, message } of [...faults, ...unread]) say(`${file}: ${message}`);
  if (faults.length + unread.length > 0) return 2;
  return found.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function options(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        'cnpg-version': { type: 'string' },
        against: { type: 'string' },
        topology: { type: 'boolean' },
        place: { type: 'string', multiple: true, default: [] },
        rule: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Refusal(`${messageOf(error)}\n${usage}`);
  }
}

const say = (message: string): void => void process.stderr.write(`lint: ${message}\n`);

/** The live objects. @throws Refusal when there is none of ours to compare with */
function readOld(file: string): ManifestFile {
  const read = readManifest(file);
  if ('unreadable' in read) throw new Refusal(`--against ${file}: ${read.unreadable}`);
  const old = parseFile(read.text);
  const broken = old.documents.flatMap(({ errors }) => errors)[0];
  if (broken)
    throw new Refusal(
      `--against ${file}: it cannot be read as YAML: ${broken.message}. Save it anew with kubectl get -o yaml.`,
    );
  if (!old.documents.some(isOurs))
    throw new Refusal(
      `--against ${file}: it has no object of CloudNativePG. Save the objects as they are now with kubectl get -o yaml.`,
    );
  return old;
}

/** Each file alone first; then those again whose Clusters belong to a topology with Clusters of other files. */
function checkAll(files: readonly string[], checker: Checker): CheckedFile[] {
  const checked = files.map(file => checker.checkFile(file));
  const { asking, all } = linkedFiles(checked.map(({ links }) => links));
  const named = (positions: readonly number[]): string[] => positions.map(at => files[at] ?? '');
  for (const [index, again] of checker.checkTogether(named(asking), named(all)).entries())
    checked[asking[index] ?? 0] = again;
  return checked;
}
