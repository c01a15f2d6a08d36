/**
 * What is in a WAL archive, as nodes below it: read from the object store when a folder is opened, a page at a time. Nothing of it
 * is read again by itself: an archive has as many names as one likes, and each look costs a request.
 */
import { messageOf } from '../../errors.ts';
import { formatAge } from '../../model/duration.ts';
import { formatBytes } from '../../model/instances.ts';
import type { Address } from '../../model/kubernetes.ts';
import { addressKey } from '../../model/kubernetes.ts';
import type { TreeNode } from './node.ts';
import { node, problemNode } from './node.ts';

/** A folder of an object store that is kept open while somebody looks. */
export interface BrowsableArchive {
  directory(prefix: string, signal: AbortSignal): AsyncIterable<{ folders: string[]; objects: BrowsableObject[] }>;
  close(): void;
}

interface BrowsableObject {
  key: string;
  size: number | undefined;
  modified: Date;
}

/** Rejects with a `Failure`. */
export type OpenArchive = (address: Address, which: 'own' | 'source', signal: AbortSignal) => Promise<BrowsableArchive>;

export interface ArchiveBrowser {
  /** Of an archive, or a folder in it; a failure is one of them. */
  childrenOf(node: TreeNode): Promise<TreeNode[]>;
  /** Shows one page more. */
  more(node: TreeNode): void;
  /** Shows only names that begin so; an empty text shows all. */
  filter(node: TreeNode, beginning: string): void;
  filterOf(node: TreeNode): string;
  /** What is below it is read again when it is next asked for. */
  forget(node: TreeNode): void;
  dispose(): void;
}

/** Rows at a time, and milliseconds for them. */
const pageSize = 200;
const limit = 60_000;

interface Folder {
  beginning: string;
  names: (string | BrowsableObject)[];
  wanted: number;
  pages: AsyncIterator<{ folders: string[]; objects: BrowsableObject[] }> | undefined;
  archive: BrowsableArchive | undefined;
  done: boolean;
  problem: string | undefined;
  reading: Promise<void> | undefined;
  ended: AbortController;
}

const newFolder = (beginning = ''): Folder => ({
  beginning,
  names: [],
  wanted: pageSize,
  pages: undefined,
  archive: undefined,
  done: false,
  problem: undefined,
  reading: undefined,
  ended: new AbortController(),
});

/** Does it stand for an archive or a folder in one? */
export const isBrowsable = ({ kind, archive }: TreeNode): boolean =>
  archive !== undefined && (kind === 'archive' || kind === 'archive-folder');

export function createArchiveBrowser(open: OpenArchive, now: () => number): ArchiveBrowser {
  const folders = new Map<string, Folder>();
  const keyOf = ({ address, archive, key = '' }: TreeNode): string =>
    JSON.stringify([address && addressKey(address), archive, key]);
  const folderOf = (of: TreeNode): Folder => {
    const known = folders.get(keyOf(of)) ?? newFolder();
    folders.set(keyOf(of), known);
    return known;
  };

  const beginningOf = (of: TreeNode): string => folders.get(keyOf(of))?.beginning ?? '';

  async function read(of: TreeNode, folder: Folder): Promise<void> {
    const { address, archive: which, key = '' } = of;
    if (!address || !which) return;
    const signal = AbortSignal.any([folder.ended.signal, AbortSignal.timeout(limit)]);
    try {
      folder.archive ??= await open(address, which, signal);
      folder.pages ??= folder.archive.directory(key + folder.beginning, folder.ended.signal)[Symbol.asyncIterator]();
      while (!folder.done && folder.names.length < folder.wanted) {
        const page = await unlessAborted(folder.pages.next(), signal);
        if (page.done) folder.done = true;
        else folder.names.push(...page.value.folders, ...page.value.objects);
      }
      folder.problem = undefined;
    } catch (error) {
      folder.problem = messageOf(error);
      folder.pages = undefined;
      folder.names = [];
    }
    if (folder.done || folder.problem !== undefined) {
      folder.archive?.close();
      folder.archive = undefined;
    }
  }

  function end(of: TreeNode): void {
    const folder = folders.get(keyOf(of));
    folder?.ended.abort(new Error('No longer looked at.'));
    folder?.archive?.close();
    folders.delete(keyOf(of));
  }

  return {
    async childrenOf(of) {
      const folder = folderOf(of);
      if (folder.problem === undefined && !folder.done && folder.names.length < folder.wanted) {
        folder.reading ??= read(of, folder).finally(() => (folder.reading = undefined));
        await folder.reading;
      }
      if (folder.problem !== undefined)
        return [
          {
            ...problemNode(`${of.id} ${folder.problem}`, folder.problem),
            contextValue: 'problem.archive',
            shownBy: of,
          },
        ];
      const shown = folder.names.slice(0, folder.wanted).map(each => nameNode(each, of, now(), beginningOf));
      if (folder.done && folder.names.length <= folder.wanted) return shown.length > 0 ? shown : [nothing(of, folder)];
      return [...shown, moreNode(of, shown.length)];
    },
    more: of => void (folderOf(of).wanted += pageSize),
    filter(of, beginning) {
      end(of);
      folders.set(keyOf(of), newFolder(beginning));
    },
    filterOf: beginningOf,
    forget(of) {
      const beginning = folders.get(keyOf(of))?.beginning;
      end(of);
      folders.set(keyOf(of), newFolder(beginning));
    },
    dispose() {
      for (const { ended, archive } of folders.values()) {
        ended.abort();
        archive?.close();
      }
      folders.clear();
    },
  };
}

/** An SDK may go on trying for longer than anybody waits. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const within = ({ address, archive, context }: TreeNode): Pick<TreeNode, 'address' | 'archive' | 'context'> => ({
  ...(address && { address }),
  ...(archive && { archive }),
  ...(context !== undefined && { context }),
});

function nameNode(
  name: string | BrowsableObject,
  of: TreeNode,
  now: number,
  beginningOf: (node: TreeNode) => string,
): TreeNode {
  const key = typeof name === 'string' ? name : name.key;
  const label = key.slice((of.key ?? '').length);
  if (typeof name === 'string') {
    const folder = node({
      ...within(of),
      id: `${of.id} ${label}`,
      kind: 'archive-folder',
      label,
      icon: { id: 'folder' },
      key,
      tooltip: [`Folder ${key}`],
    });
    const beginning = beginningOf(folder);
    return beginning === '' ? folder : { ...folder, description: `names that begin with ${beginning}` };
  }
  const size = name.size === undefined ? 'size unknown' : formatBytes(name.size);
  return node({
    ...within(of),
    id: `${of.id} ${label}`,
    kind: 'archive-file',
    label,
    description: `${size} · ${formatAge(name.modified.getTime(), now)}`,
    icon: { id: 'file' },
    key,
    tooltip: [key, ['Size', size], ['Stored', name.modified.toISOString()]],
    contextValue: isText(label) ? 'archive-file.text' : 'archive-file',
  });
}

/** `backup.info`, history files and backup labels, as they are or packed by gzip. */
const isText = (label: string): boolean => /^(backup\.info|.*\.history(\.gz)?|.*\.backup(\.gz)?)$/.test(label);

const nothing = (of: TreeNode, { beginning }: Folder): TreeNode =>
  node({
    id: `${of.id} nothing`,
    kind: 'detail',
    label: beginning === '' ? 'Nothing is stored here' : `No name begins with "${beginning}"`,
    icon: { id: 'circle-slash' },
  });

const moreNode = (of: TreeNode, shown: number): TreeNode =>
  node({
    id: `${of.id} more`,
    kind: 'action',
    label: 'Show More',
    description: `${shown} are shown`,
    icon: { id: 'ellipsis' },
    contextValue: 'action.more-of-archive',
    shownBy: of,
  });
