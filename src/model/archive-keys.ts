/**
 * Names of the objects in an archive folder as Barman Cloud writes them, relative to `destinationPath/serverName/`:
 * `wals/<16 hex>/<24 hex>`, the same with `.partial` or `.<8 hex>.backup`, `wals/<8 hex>.history`, `base/<id>/…`; WAL names
 * may carry one compression suffix.
 */

export type ArchiveKey =
  | { kind: 'segment' | 'partial' | 'label'; name: string; timeline: number }
  | { kind: 'history'; timeline: number }
  | { kind: 'backup'; id: string; file: string }
  | { kind: 'foreign' };

const compression = /\.(?:gz|bz2|xz|snappy|zst|lz4)$/;
const foreign: ArchiveKey = { kind: 'foreign' };

export function parseArchiveKey(key: string): ArchiveKey {
  const backup = /^base\/(\d{8}T\d{6})\/([^/]+)$/.exec(key);
  if (backup) return { kind: 'backup', id: backup[1] ?? '', file: backup[2] ?? '' };
  const plain = key.replace(compression, '');
  const history = /^wals\/([0-9A-F]{8})\.history$/.exec(plain);
  if (history) return { kind: 'history', timeline: Number.parseInt(history[1] ?? '', 16) };
  const wal = /^wals\/([0-9A-F]{16})\/(\1[0-9A-F]{8})(\.partial|\.[0-9A-F]{8}\.backup)?$/.exec(plain);
  if (!wal) return foreign;
  const [, , name = '', suffix] = wal;
  const timeline = Number.parseInt(name.slice(0, 8), 16);
  if (suffix === undefined) return { kind: 'segment', name, timeline };
  return suffix === '.partial' ? { kind: 'partial', name, timeline } : { kind: 'label', name: name + suffix, timeline };
}

const packers: Record<string, string> = { bz2: 'bzip2', xz: 'xz', snappy: 'snappy', zst: 'zstd', lz4: 'lz4' };

/** What a small file is packed by when that is not unpacked here; gzip is. */
export const packedBy = (key: string): string | undefined => packers[/\.(\w+)$/.exec(key)?.[1] ?? ''];

export type Store = 's3' | 'azure' | 'google';

/** By the form of the path, as Barman Cloud decides it; `undefined`: none of them. */
export function storeOf(destinationPath: string): Store | undefined {
  if (/^s3:\/\/[^/]/.test(destinationPath)) return 's3';
  if (/^gs:\/\/[^/]/.test(destinationPath)) return 'google';
  return /^https?:\/\/[^/]+\/[^/]/.test(destinationPath) ? 'azure' : undefined;
}

/** The folders of a path and the server's below them, with `/` at the end. */
const prefixOf = (path: string, serverName: string): string =>
  `${[...path.split('/'), serverName].filter(part => part !== '').join('/')}/`;

/** Bucket and key prefix of `s3://bucket/path` and `gs://bucket/path`. `undefined`: not such a path. */
export function parseBucketPath(
  destinationPath: string,
  serverName: string,
): { bucket: string; prefix: string } | undefined {
  const match = /^(?:s3|gs):\/\/([^/]+)(?:\/(.*))?$/.exec(destinationPath);
  return match ? { bucket: match[1] ?? '', prefix: prefixOf(match[2] ?? '', serverName) } : undefined;
}

/**
 * Account, container and prefix of `https://ACCOUNT.blob.core.windows.net/CONTAINER/path`; emulators have the account in the path:
 * `http://HOST:10000/ACCOUNT/CONTAINER/path`. `undefined`: not such a path.
 */
export function parseAzurePath(
  destinationPath: string,
  serverName: string,
): { serviceUrl: string; account: string; container: string; prefix: string } | undefined {
  if (!URL.canParse(destinationPath)) return undefined;
  const { protocol, host, hostname, pathname } = new URL(destinationPath);
  const parts = decodeURIComponent(pathname)
    .split('/')
    .filter(part => part !== '');
  const isHosted = /\.blob\./.test(hostname);
  const account = isHosted ? (hostname.split('.')[0] ?? '') : (parts.shift() ?? '');
  const container = parts.shift();
  if (account === '' || container === undefined) return undefined;
  const serviceUrl = `${protocol}//${host}${isHosted ? '' : `/${account}`}`;
  return { serviceUrl, account, container, prefix: prefixOf(parts.join('/'), serverName) };
}

/** `key=value` lines of a `backup.info` file; values are taken as they stand. */
export function parseBackupInfo(text: string): Map<string, string> {
  const entries = text.split('\n').flatMap(line => {
    const at = line.indexOf('=');
    return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const] : [];
  });
  return new Map(entries);
}
