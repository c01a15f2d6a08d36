/** The check of a large archive behind an endpoint with latency, as the command line does it; `aws s3 ls` beside it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import type { Figure } from '../bench.ts';

/** Milliseconds of each answer. */
const latency = 20;
const credentials = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' };

async function startEndpoint(root: string, segments: number) {
  const child = spawn(
    process.execPath,
    [path.join(root, 'test/archive/synthetic-s3.ts'), String(segments), String(latency)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout });
  const [endpoint] = (await once(lines, 'line')) as [string];
  return {
    endpoint,
    async counts() {
      const line = once(lines, 'line');
      child.stdin.write('\n');
      return JSON.parse(((await line) as [string])[0]) as { requests: number; mostInFlight: number };
    },
    stop: () => child.stdin.end(),
  };
}

/** Resident memory at most, in MB (Linux only). */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return 0;
  }
}

async function run(command: string, args: string[]): Promise<{ seconds: number; peak: number }> {
  const began = performance.now();
  let peak = 0;
  const child = execFile(command, args, { env: { ...process.env, ...credentials }, maxBuffer: 2 ** 30 });
  const timer = setInterval(() => (peak = Math.max(peak, peakOf(child.pid ?? 0))), 50);
  await once(child, 'exit');
  clearInterval(timer);
  return { seconds: (performance.now() - began) / 1000, peak };
}

export async function* measure(root: string): AsyncIterable<Figure> {
  const cli = path.join(root, 'dist/cli.js');
  for (const segments of [300_000, 1_000_000]) {
    const endpoint = await startEndpoint(root, segments);
    const of = `archive of ${segments.toLocaleString('en')} segments, ${latency} ms a request`;
    const args = [
      'archive',
      'check',
      's3://bucket',
      '--server',
      'pg',
      '--endpoint-url',
      endpoint.endpoint,
      '--format',
      'json',
    ];
    const { seconds, peak } = await run(process.execPath, [cli, ...args]);
    const { requests, mostInFlight } = await endpoint.counts();
    yield { figure: `${of}: full check, whole process`, value: seconds.toFixed(1), unit: 's' };
    yield {
      figure: `${of}: requests for each thousand objects`,
      value: (requests / (segments / 1000)).toFixed(3),
      unit: '',
    };
    yield { figure: `${of}: requests in flight at most`, value: String(mostInFlight), unit: '' };
    yield { figure: `${of}: memory at most`, value: peak.toFixed(0), unit: 'MB' };
    if (segments === 300_000) {
      const aws = (process.env['PATH'] ?? '')
        .split(path.delimiter)
        .map(folder => path.join(folder, 'aws'))
        .find(file => fs.existsSync(file));
      const peer =
        aws &&
        (await run(aws, ['s3', 'ls', '--recursive', 's3://bucket/pg/wals/', '--endpoint-url', endpoint.endpoint]));
      yield {
        figure: `aws s3 ls --recursive: the same archive`,
        value: peer ? peer.seconds.toFixed(1) : 'left out, there is no aws on the PATH',
        unit: peer ? 's' : '',
      };
    }
    endpoint.stop();
  }
}
