/** The end of an archive folder without listing the whole of it: its last folder of each timeline, at a page each. */
import { parseArchiveKey } from '../model/archive-keys.ts';
import type { NewestWal } from '../model/archive.ts';
import { clocksDiffer } from '../model/snapshot.ts';
import type { ObjectStoreFolder } from './contract.ts';

/** Of so many timelines, the latest ones: an old primary writes its own, whatever else the folder holds. */
const timelines = 8;

/** What was stored last below `wals/`; `undefined`: no complete segment is there. */
export async function newestWal(folder: ObjectStoreFolder, signal: AbortSignal): Promise<NewestWal | undefined> {
  const last = new Map<string, string>();
  for await (const { folders } of folder.directory('wals/', signal))
    for (const name of folders) {
      const timeline = name.slice('wals/'.length, 'wals/'.length + 8);
      if (name > (last.get(timeline) ?? '')) last.set(timeline, name);
    }
  const ends = [...last.values()].toSorted().slice(-timelines);
  const found = await Promise.all(ends.map(prefix => lastSegment(folder, prefix, signal)));
  const newest = found
    .filter(each => each !== undefined)
    .reduce<NewestWal | undefined>((best, each) => (best && best.storedAt >= each.storedAt ? best : each), undefined);
  const clockAhead = folder.clockAhead?.();
  // Clocks that agree are not known better than they agree.
  const ahead = clockAhead === undefined || Math.abs(clockAhead) < clocksDiffer ? 0 : clockAhead;
  return newest && { ...newest, storedAt: newest.storedAt - ahead, clockAhead };
}

async function lastSegment(
  folder: ObjectStoreFolder,
  prefix: string,
  signal: AbortSignal,
): Promise<NewestWal | undefined> {
  let newest: NewestWal | undefined;
  for await (const page of folder.list({ prefix }, signal))
    for (const { key, modified } of page) {
      const parsed = parseArchiveKey(key);
      if (parsed.kind === 'segment' && parsed.name > (newest?.name ?? ''))
        newest = { name: parsed.name, storedAt: modified.getTime() };
    }
  return newest;
}
