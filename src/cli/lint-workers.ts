/** Checks files in several threads. Each thread takes the next few that nobody has taken. */
import os from 'node:os';
import path from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { parseFile } from '../language/index.ts';
import { loadSchemas } from '../server/schemas.ts';
import type { CheckedFile, Checker } from './lint-check.ts';
import { createChecker } from './lint-check.ts';

interface Task {
  files: readonly string[];
  version: string;
  /** Text of the objects as they are now. */
  against: string | undefined;
  /** The first that nobody has taken, shared by all threads. */
  next: Int32Array;
}

type Checked = [at: number, file: CheckedFile][];

/** Files that a further thread must be spared to be worth its start (about 100 ms, measured). */
const filesPerWorker = 400;
const mostWorkers = 7;
/** Files that a thread takes at once. */
const batch = 16;

export const workersFor = (files: number): number =>
  Math.min(os.availableParallelism() - 1, Math.floor(files / filesPerWorker), mostWorkers);

/** @param checker of this thread, which works too @returns what was found, in the order of the files */
export async function checkInThreads(
  files: readonly string[],
  workers: number,
  shared: Pick<Task, 'version' | 'against'>,
  checker: Checker,
): Promise<CheckedFile[]> {
  const task: Task = { files, ...shared, next: new Int32Array(new SharedArrayBuffer(4)) };
  const others = Array.from({ length: workers }, () => inWorker(task));
  const own = work(task, checker);
  const checked: CheckedFile[] = [];
  for (const [at, file] of [own, ...(await Promise.all(others))].flat()) checked[at] = file;
  return checked;
}

/** The bundle of the command line is the program of its workers, too. */
const inWorker = (task: Task): Promise<Checked> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(path.join(import.meta.dirname, 'cli.js'), { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

/** What a worker does from its start to its end. */
export function runWorker(): void {
  const task = workerData as Task;
  const against = task.against === undefined ? undefined : parseFile(task.against);
  parentPort?.postMessage(work(task, createChecker({ schemas: loadSchemas(), version: task.version, against })));
}

function work({ files, next }: Task, checker: Checker): Checked {
  const checked: Checked = [];
  for (;;) {
    const from = Atomics.add(next, 0, batch);
    if (from >= files.length) return checked;
    for (let at = from; at < Math.min(from + batch, files.length); at++)
      checked.push([at, checker.checkFile(files[at] ?? '')]);
  }
}
