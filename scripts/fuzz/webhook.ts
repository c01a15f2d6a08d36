/**
 * Holds what is said of random manifests against the webhooks of the operator itself, built from its published source with Go. Only
 * what the schema lets pass is asked; `schema.ts` is for the rest. Prints one example of each kind of disagreement.
 *
 * Usage: node scripts/fuzz/webhook.ts [--version 1.30] [--count N] [--seed N] [--kind KIND] [--from VERDICTS]; exits with 1 when they disagree.
 * Of each version the first release is asked.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { admit } from '../../src/language/admission/admit.ts';
import { check } from '../../src/language/check.ts';
import type { ManifestDiagnostic } from '../../src/language/diagnostic.ts';
import type { ManifestDocument, ManifestFile } from '../../src/language/manifest.ts';
import { isRecord, parseFile } from '../../src/language/manifest.ts';
import { loadSchemas } from '../../src/server/schemas.ts';
import { codeOf } from '../../test/support/parity.ts';
import { crossings, valuesOf } from './crossed.ts';
import { exampleManifests, manifestsIn } from './examples.ts';

const root = path.resolve(import.meta.dirname, '../..');
const operator = 'github.com/cloudnative-pg/cloudnative-pg';
const kinds = ['Cluster', 'Backup', 'ScheduledBackup', 'Database', 'Pooler'];
const schemas = loadSchemas(root);

interface Question {
  id: string;
  kind: string;
  object: unknown;
  old?: unknown;
  mutate?: boolean;
}

interface Answer {
  id: string;
  /** The operator's words; empty when it takes the object. */
  error: string;
  causes: { field: string; message: string }[] | null;
  warnings: string[] | null;
  /** From the mutating webhook. */
  object?: unknown;
}

function run(command: string, args: string[], options: { cwd: string; input?: string }): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr || stdout}`);
  return stdout;
}

/** @returns a program that answers as the webhooks of this version do; built on first use. @throws Error without Go, or when it cannot be built */
function webhooks(version: string): string {
  const source = path.join(root, '.cache/webhook', version);
  const program = path.join(source, 'verdicts');
  const ours = path.join(root, 'scripts/fuzz/webhook');
  const validators = Number(version.split('.')[1]) < 29 ? 'validators-before-1.29.go' : 'validators.go';
  const parts = {
    'verdicts.go': 'cmd/verdicts/main.go',
    'webhooks.go': 'internal/webhook/v1/webhooks.go',
    [validators]: 'internal/webhook/v1/validators.go',
  };
  if (!fs.existsSync(program)) {
    fs.mkdirSync(source, { recursive: true });
    const { Dir } = JSON.parse(
      run('go', ['mod', 'download', '-json', `${operator}@v${version}.0`], { cwd: source }),
    ) as {
      Dir: string;
    };
    // Its packages are internal: a program that asks them has to stand among them.
    for (const part of ['api', 'internal', 'pkg', 'go.mod', 'go.sum'])
      run('cp', ['-r', '--no-preserve=mode', path.join(Dir, part), source], { cwd: root });
  }
  for (const [from, to] of Object.entries(parts)) {
    fs.mkdirSync(path.dirname(path.join(source, to)), { recursive: true });
    fs.copyFileSync(path.join(ours, from), path.join(source, to));
  }
  run('go', ['build', '-o', program, './cmd/verdicts'], { cwd: source });
  return program;
}

/** Manifests to begin with: the examples on the pages of rules, and `--from` a file of verdicts. */
function manifests(from: string | undefined): ManifestDocument[] {
  const lines = from === undefined ? [] : fs.readFileSync(from, 'utf8').trim().split('\n');
  return [
    ...exampleManifests(root),
    ...lines.flatMap(line => manifestsIn((JSON.parse(line) as { yaml: string }).yaml)),
  ];
}

/** As the API server hands it to a webhook: one that is there has a version, and the status that it had before. */
function handedOver(version: string, document: ManifestDocument, before?: ManifestDocument): unknown {
  const { object, metadata } = admit(document, structureOf(version, document), false);
  if (!before) return { ...object, metadata };
  const { status } = admit(before, structureOf(version, before), false);
  return { ...object, metadata: { ...metadata, resourceVersion: '1' }, status };
}

const structureOf = (version: string, { apiVersion, kind }: Pick<ManifestDocument, 'apiVersion' | 'kind'>) =>
  schemas.kind(version, apiVersion, kind)?.structure ?? {};

interface Case {
  question: Question;
  text: string;
  /** The object before an update. */
  before: string | undefined;
  found: ManifestDiagnostic[];
}

const findings = (version: string, file: ManifestFile, against?: ManifestFile): ManifestDiagnostic[] =>
  check(file, { schemas, version, ...(against && { against }) });

const isError = ({ severity }: ManifestDiagnostic): boolean => severity === 1;
const isOfSchema = ({ code }: ManifestDiagnostic): boolean => /^(schema|yaml)\//.test(code);

/** @returns `undefined` for what is no update, or never comes to a webhook */
function caseOf(
  version: string,
  { id, kind, object, old }: { id: string; kind: string; object: unknown; old: Record<string, unknown> | null },
): Case | undefined {
  if (!isRecord(object)) return undefined;
  const text = stringify(object);
  const file = parseFile(text);
  const [document] = file.documents;
  if (document?.kind !== kind || !schemas.kind(version, document.apiVersion, kind)) return undefined;
  const { name, namespace } = document;
  const before = old
    ? parseFile(stringify({ ...old, metadata: { name, ...(namespace !== undefined && { namespace }) } }))
    : undefined;
  if (before && findings(version, before).some(isError)) return undefined;
  const found = findings(version, file, before);
  if (found.some(each => isError(each) && isOfSchema(each))) return undefined;
  const [oldDocument] = before?.documents ?? [];
  const question = {
    id,
    kind,
    object: handedOver(version, document, oldDocument),
    ...(oldDocument && { old: handedOver(version, oldDocument, oldDocument) }),
  };
  return { question, text, before: oldDocument?.text, found };
}

/** The mutating webhook comes first, and the API server fills in defaults behind it once more. */
function mutated(version: string, program: string, questions: readonly Question[]): Question[] {
  const both = questions.flatMap(({ id, kind, object, old }) => [
    { id, kind, object, mutate: true },
    ...(old ? [{ id: `${id} old`, kind, object: old, mutate: true }] : []),
  ]);
  const found = new Map(answered(program, both).map(answer => [answer.id, answer.object]));
  const defaulted = (kind: string, sent: unknown, back: unknown): unknown => {
    const object = added(sent, back);
    if (!isRecord(object)) return object;
    const structure = structureOf(version, { apiVersion: String(object['apiVersion']), kind });
    return { ...admit({ decoded: object, kind }, structure, false).object, status: object['status'] };
  };
  return questions.map(({ id, kind, object, old }) => ({
    id,
    kind,
    object: defaulted(kind, object, found.get(id)),
    ...(old !== undefined && { old: defaulted(kind, old, found.get(`${id} old`)) }),
  }));
}

/** A mutating webhook of this kind adds and changes; what its program leaves out because it is empty stays. */
function added(sent: unknown, back: unknown): unknown {
  if (Array.isArray(sent) && Array.isArray(back)) return back.map((item, at) => added(sent[at], item));
  if (!isRecord(sent) || !isRecord(back)) return back ?? sent;
  const keys = [...new Set([...Object.keys(sent), ...Object.keys(back)])];
  return Object.fromEntries(keys.map(key => [key, added(sent[key], back[key])]));
}

function answered(program: string, questions: readonly Question[]): Answer[] {
  const input = questions.map(question => `${JSON.stringify(question)}\n`).join('');
  return run(program, [], { cwd: root, input })
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Answer);
}

function main(): number {
  const { values: options } = parseArgs({
    options: {
      version: { type: 'string', default: schemas.versions[0] ?? '' },
      count: { type: 'string', default: '2000' },
      seed: { type: 'string' },
      kind: { type: 'string' },
      from: { type: 'string' },
    },
  });
  const seed = Number(options.seed ?? Date.now() % 1_000_000);
  const { version } = options;
  const program = webhooks(version);
  const begun = manifests(options.from);
  const cases = kinds
    .filter(kind => options.kind === undefined || kind === options.kind)
    .flatMap(kind => {
      const objects = begun.filter(each => each.kind === kind).map(({ decoded }) => decoded);
      const arbitrary = fc.tuple(crossings(objects, valuesOf(objects)), fc.option(fc.constantFrom(...objects)));
      const samples = fc.sample(arbitrary, { seed, numRuns: Number(options.count) });
      return samples.flatMap(([object, old], at) => caseOf(version, { id: `${kind} ${at}`, kind, object, old }) ?? []);
    });
  const answers = answered(
    program,
    mutated(
      version,
      program,
      cases.map(({ question }) => question),
    ),
  );
  const sorts = new Map<string, number>();
  for (const [at, answer] of answers.entries()) {
    const asked = cases[at];
    const sort = asked && disagreement(asked, answer);
    if (sort === undefined) continue;
    const times = sorts.get(sort) ?? 0;
    sorts.set(sort, times + 1);
    if (times > 0) continue;
    const { question, text, before, found } = asked ?? {};
    const said = found
      ?.filter(isError)
      .map(({ code, message }) => `${code}: ${message}`)
      .join('; ');
    console.log(
      `── ${question?.id}: the operator says ${answer.error || 'nothing'}\nwe say ${said || 'nothing'}\n${text}`,
    );
    if (before !== undefined) console.log(`--- before\n${before}`);
  }
  for (const [sort, times] of sorts) console.log(`${times} × ${sort}`);
  const accepted = answers.filter(({ error }) => error === '').length;
  console.log(
    `${version}, seed ${seed}: ${cases.length} manifests, ${accepted} accepted, ${sorts.size} kinds of disagreement`,
  );
  return sorts.size > 0 ? 1 : 0;
}

/** What was a primary may be written down as a replica cluster: the words say that the webhook refuses it when it is new. */
const isFormerPrimary = ({ code }: ManifestDiagnostic): boolean => code === 'RC112' || code === 'RC113';

/** @returns the sort of it, or `undefined`. Rules across the sides go further than the webhooks; they are left out. */
function disagreement({ found }: Case, { error, causes, warnings }: Answer): string | undefined {
  const ours = found.filter(each => isError(each) && each.code.startsWith('webhook/'));
  if (error === '' && ours.length > 0) return `we: ${ours.map(({ code }) => code).join()}`;
  if (error !== '' && !found.some(each => isError(each) || isFormerPrimary(each))) {
    const words = causes?.map(({ field, message }) => `${field}: ${message}`).join('; ') ?? error;
    return `they: ${words.replace(/\d+/g, 'N').replace(/"[^"]*"/g, '""')}`;
  }
  const unsaid = warnings?.find(text => !found.some(({ code }) => code === codeOf(text)));
  return unsaid === undefined ? undefined : `they warn: ${unsaid}`;
}

if (import.meta.main) process.exitCode = main();
