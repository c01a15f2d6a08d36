/** `cnpg-replica SUBCOMMAND ...`: each subcommand is loaded when it is asked for. */
import { messageOf } from '../errors.ts';

type Subcommand = (args: string[], signal: AbortSignal) => Promise<number>;

const subcommands: Record<string, { summary: string; load: () => Promise<Subcommand> }> = {
  lint: { summary: 'check manifests', load: async () => (await import('./lint.ts')).lint },
  topology: {
    summary: 'show topologies by their manifests',
    load: async () => (await import('./topology.ts')).topology,
  },
  archive: { summary: 'list a WAL archive', load: async () => (await import('./archive.ts')).archive },
  playground: {
    summary: 'run two simulated Kubernetes clusters',
    load: async () => (await import('./playground.ts')).playground,
  },
};

const [name = '', ...args] = process.argv.slice(2);
const interrupted = new AbortController();
for (const event of ['SIGINT', 'SIGTERM'] as const) process.once(event, () => interrupted.abort());
// A closed pipe, as with `| head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

run()
  .then(code => (process.exitCode = code))
  .catch((error: unknown) => {
    process.stderr.write(`cnpg-replica ${name}: ${messageOf(error)}\n`);
    process.exitCode = 2;
  });

async function run(): Promise<number> {
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (subcommand) return (await subcommand.load())(args, interrupted.signal);
  const help = name === '' || name === '--help' || name === 'help';
  const lines = Object.entries(subcommands).map(([each, { summary }]) => `  ${each.padEnd(12)}${summary}`);
  const text = `usage: cnpg-replica SUBCOMMAND ...\n\n${lines.join('\n')}\n`;
  if (help) process.stdout.write(text);
  else process.stderr.write(`There is no subcommand "${name}".\n${text}`);
  return help && name !== '' ? 0 : 2;
}
