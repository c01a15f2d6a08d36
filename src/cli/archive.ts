/** `archive list DESTINATION_PATH --server NAME [--endpoint-url URL] [--format text|json]`. */
import { parseArgs } from 'node:util';
import { messageOf } from '../errors.ts';
import { renderListing } from '../model/archive-listing-text.ts';

const usage = 'usage: archive list DESTINATION_PATH --server NAME [--endpoint-url URL] [--format text|json]';

/** Credentials come from the provider's usual environment. @returns the exit code: 0 listed, 2 could not */
export async function archive(args: string[], signal: AbortSignal): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        'endpoint-url': { type: 'string' },
        format: { type: 'string', default: 'text' },
      },
    });
    const [verb, destinationPath] = positionals;
    if (verb === 'check') return refuse('archive check is not available yet; archive list shows what is there');
    if (verb !== 'list' || destinationPath === undefined || values.server === undefined) return refuse(usage);
    if (values.format !== 'text' && values.format !== 'json')
      return refuse(`unknown format "${values.format}"; ${usage}`);
    const endpointURL = values['endpoint-url'];
    await print(
      { destinationPath, ...(endpointURL !== undefined && { endpointURL }) },
      values.server,
      values.format,
      signal,
    );
    return 0;
  } catch (error) {
    return refuse(messageOf(error));
  }
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

async function print(
  configuration: { destinationPath: string; endpointURL?: string },
  serverName: string,
  format: 'text' | 'json',
  signal: AbortSignal,
): Promise<void> {
  const { listArchive, openS3 } = await import('../archive/index.ts');
  const folder = openS3({ location: { configuration, serverName }, credentials: undefined });
  try {
    const listing = await listArchive(folder, { configuration, serverName }, signal);
    const title = `WAL archive of ${serverName}`;
    process.stdout.write(
      format === 'json' ? `${JSON.stringify(listing, null, 2)}\n` : renderListing(listing, { title }),
    );
  } finally {
    folder.close();
  }
}
