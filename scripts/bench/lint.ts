/** `lint` as a process on many files, and how far its verdicts are right, beside its peer kubeconform. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parity, readVerdicts } from '../../test/support/parity.ts';
import type { Verdict } from '../../test/support/parity.ts';
import { reference } from '../../test/support/shared.ts';
import type { Figure } from '../bench.ts';
import { findKubeconform, kubeconformSchemas } from './kubeconform.ts';

const runs = 5;
const manyFiles = 3324;

interface Linter {
  name: string;
  command: string;
  args: string[];
}

export async function* measure(root: string): AsyncIterable<Figure> {
  if (!fs.existsSync(path.join(reference, 'corpus'))) {
    yield { figure: 'lint', value: 'left out:', unit: `no reference data at ${reference}` };
    return;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-bench-lint-'));
  try {
    const verdicts = readVerdicts();
    const ours: Linter = { name: 'lint', command: process.execPath, args: [path.join(root, 'dist/cli.js'), 'lint'] };
    const peer = peerIn(root, path.join(folder, 'schemas'));
    if (!peer)
      yield { figure: 'kubeconform', value: 'left out:', unit: 'neither installed nor to be built (KUBECONFORM, Go)' };
    yield* speed(ours, peer, manifestsIn(path.join(folder, 'many'), many(verdicts)));
    yield* verdictsOf(verdicts, peer, path.join(folder, 'corpus'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function peerIn(root: string, schemas: string): Linter | undefined {
  const command = findKubeconform(root);
  const crds = ['cloudnative-pg-1.30.0', 'plugin-barman-cloud-0.14.0'].map(name => path.join(reference, 'crds', name));
  return command === undefined ? undefined : { name: 'kubeconform', command, args: kubeconformSchemas(crds, schemas) };
}

/** All texts of the corpus, over again until there are enough. */
function many(verdicts: readonly Verdict[]): string[] {
  const texts = verdicts.flatMap(({ yaml, oldYaml }) => (oldYaml === undefined ? [yaml] : [yaml, oldYaml]));
  return Array.from({ length: manyFiles }, (_, at) => texts[at % texts.length] ?? '');
}

function manifestsIn(folder: string, texts: readonly string[]): string {
  fs.mkdirSync(folder);
  for (const [at, text] of texts.entries())
    fs.writeFileSync(path.join(folder, `${String(at).padStart(4, '0')}.yaml`), text);
  return folder;
}

/** Turn by turn, so that a busy machine is unfair to both alike. */
function* speed(ours: Linter, peer: Linter | undefined, folder: string): Iterable<Figure> {
  const took = new Map<Linter, number[]>([[ours, []]]);
  if (peer) took.set(peer, []);
  for (let run = 0; run < runs; run++)
    for (const [linter, times] of took) {
      const began = performance.now();
      runOn(linter, folder);
      times.push(performance.now() - began);
    }
  const times = [...took].map(([{ name }, each]) => ({ name, time: median(each) }));
  for (const { name, time } of times) {
    yield {
      figure: `${name} of ${manyFiles} files, whole process (median of ${runs})`,
      value: time.toFixed(0),
      unit: 'ms',
    };
    yield { figure: `${name}, files per second`, value: (manyFiles / (time / 1000)).toFixed(0), unit: '1/s' };
  }
  const [own, other] = times;
  if (own && other)
    yield {
      figure: `${own.name} : ${other.name}`,
      value: (own.time / other.time).toFixed(2),
      unit: '(goal: at most 1.5)',
    };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** @throws Error when it could not run; that it finds errors is as it should be */
function runOn({ name, command, args }: Linter, folder: string, ...more: string[]): string {
  const { status, error, stdout, stderr } = spawnSync(command, [...args, ...more, folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error || status === null || status > 1) throw new Error(`${name}: ${error?.message ?? stderr}`);
  return stdout;
}

function* verdictsOf(verdicts: readonly Verdict[], peer: Linter | undefined, folder: string): Iterable<Figure> {
  const { missed, flagged } = parity(verdicts);
  const wrong = new Set([...missed, ...flagged.map(({ verdict }) => verdict)]);
  yield* verdictLines('lint', verdicts, verdict => (verdict.verdict === 'rejected') !== wrong.has(verdict));
  if (!peer) return;
  manifestsIn(
    folder,
    verdicts.map(({ yaml }) => yaml),
  );
  const { resources } = JSON.parse(runOn(peer, folder, '-output', 'json')) as {
    resources: { filename: string; status: string }[];
  };
  const refused = new Set(resources.filter(({ status }) => status !== 'statusValid').map(({ filename }) => filename));
  const at = new Map(verdicts.map((verdict, index) => [verdict, index]));
  yield* verdictLines(peer.name, verdicts, verdict =>
    refused.has(path.join(folder, `${String(at.get(verdict)).padStart(4, '0')}.yaml`)),
  );
}

function* verdictLines(
  name: string,
  verdicts: readonly Verdict[],
  refuses: (verdict: Verdict) => boolean,
): Iterable<Figure> {
  for (const [verdict, word] of [
    ['rejected', 'rejected manifests caught'],
    ['accepted', 'accepted manifests flagged'],
  ] as const) {
    const all = verdicts.filter(each => each.verdict === verdict);
    const refused = all.filter(refuses).length;
    const percent = ((100 * refused) / all.length).toFixed(2);
    yield { figure: `${name}: ${word}`, value: percent, unit: `% (${refused} of ${all.length})` };
  }
}
