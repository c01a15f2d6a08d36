/** `playground`: two simulated Kubernetes clusters with a distributed topology, until interrupted. */
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../errors.ts';
import { startPlayground } from '../simulator/index.ts';

/** @returns the exit code: 0 stopped, 2 could not run */
export async function playground(args: readonly string[], signal: AbortSignal): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        directory: { type: 'string', default: path.join(os.tmpdir(), 'cnpg-playground', 'workspace') },
        speed: { type: 'string', default: '1' },
      },
    });
    const speed = Number(values.speed);
    if (!(speed > 0 && speed <= 100)) throw new Error(`--speed ${values.speed}: give a number up to 100`);
    const running = await startPlayground({ directory: values.directory, speed });
    console.log(`manifests: ${running.directory}`);
    console.log(`export KUBECONFIG=${running.kubeconfig}`);
    console.log('Press Ctrl+C to end.');
    await new Promise<void>(resolve => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await running.stop();
    return 0;
  } catch (error) {
    console.error(`playground: ${messageOf(error)}`);
    return 2;
  }
}
