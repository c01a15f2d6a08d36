/** `archive list|check DESTINATION_PATH --server NAME [--endpoint-url URL] [--format text|json]`. */
import { parseArgs } from 'node:util';
import v8 from 'node:v8';
import { isFailure, messageOf } from '../errors.ts';
import type { ArchiveCheck } from '../model/archive-check.ts';
import { checkArchive } from '../model/archive-check.ts';
import type { ArchiveListing } from '../model/archive-listing.ts';
import { renderListing } from '../model/archive-listing-text.ts';

const usage =
  'usage: cnpg-replica archive list|check DESTINATION_PATH --server NAME [--endpoint-url URL] [--format text|json]';
const help = `${usage}

Lists or judges the WAL archive of a server, as Barman Cloud writes it.
DESTINATION_PATH is that of the ObjectStore: s3://bucket/path, gs://bucket/path,
https://account.blob.core.windows.net/container/path.
Credentials come from the environment, as the provider's own tools read it.

  list   timelines, runs of segments, gaps, base backups
  check  the same with a verdict: which base backups can be restored, and until when

Exit code: 0 nothing wrong (list: listed), 1 check found errors, 2 the archive could not be read.
`;

interface Where {
  configuration: { destinationPath: string; endpointURL?: string };
  serverName: string;
}

/** Credentials come from the provider's usual environment. @returns the exit code: 0 fine, 1 errors found, 2 could not read */
export async function archive(args: string[], signal: AbortSignal): Promise<number> {
  // Pages of names are garbage as soon as they are summed up. Collected late they would be twice the memory.
  v8.setFlagsFromString('--semi-space-growth-factor=1 --heap-growing-percent=30');
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        'endpoint-url': { type: 'string' },
        format: { type: 'string', default: 'text' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    const [verb, destinationPath] = positionals;
    if ((verb !== 'list' && verb !== 'check') || destinationPath === undefined || values.server === undefined)
      return refuse(usage);
    if (values.format !== 'text' && values.format !== 'json')
      return refuse(`unknown format "${values.format}"; ${usage}`);
    const endpointURL = values['endpoint-url'];
    const configuration = { destinationPath, ...(endpointURL !== undefined && { endpointURL }) };
    const where = { configuration, serverName: values.server };
    return await (verb === 'list' ? list(where, values.format, signal) : check(where, values.format, signal));
  } catch (error) {
    return refuse(messageOf(error));
  }
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

async function list(where: Where, format: 'text' | 'json', signal: AbortSignal): Promise<number> {
  const listing = await read(where, signal);
  print(listing, checkArchive(listing), where, format === 'json' ? listing : undefined);
  return 0;
}

async function check(where: Where, format: 'text' | 'json', signal: AbortSignal): Promise<number> {
  try {
    const listing = await read(where, signal);
    const judged = checkArchive(listing);
    print(listing, judged, where, format === 'json' ? judged : undefined);
    return judged.verdict === 'failure' ? 1 : 0;
  } catch (error) {
    if (format === 'json') printJson(unreadable(where, error));
    throw error;
  }
}

async function read({ configuration, serverName }: Where, signal: AbortSignal): Promise<ArchiveListing> {
  const { listArchive, openFolder } = await import('../archive/index.ts');
  const folder = await openFolder({ location: { configuration, serverName }, credentials: undefined });
  try {
    return await listArchive(folder, { configuration, serverName }, signal);
  } finally {
    folder.close();
  }
}

function print(listing: ArchiveListing, judged: ArchiveCheck, { serverName }: Where, json: object | undefined): void {
  if (json) printJson(json);
  else process.stdout.write(renderListing(listing, judged, `WAL archive of ${serverName}`));
}

const printJson = (value: object): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

const unreadable = ({ configuration, serverName }: Where, error: unknown): ArchiveCheck => ({
  destinationPath: configuration.destinationPath,
  serverName,
  segmentSize: 0,
  objects: 0,
  bytes: 0,
  requests: 0,
  truncated: true,
  timelines: [],
  backups: [],
  recoveryWindow: null,
  findings: [{ severity: 'error', code: isFailure(error) ? error.code : 'unreadable', message: messageOf(error) }],
  verdict: 'unreadable',
});
