/**
 * Demotion tokens that this machine has seen: a Kubernetes cluster that is lost takes the status of its Clusters with it. Each is a file of
 * its own, because what two windows write into the memory of an extension at one moment is the last one's.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { isReplicaCluster } from './model/cluster.ts';
import type { KeptToken } from './model/kept-tokens.ts';
import { keptTokens } from './model/kept-tokens.ts';
import type { Address } from './model/kubernetes.ts';
import { addressKey, sameAddress } from './model/kubernetes.ts';
import { membersOf } from './model/topology.ts';
import type { Scenes } from './views/scenes.ts';

export interface KeptTokens {
  /** Of this Cluster, the one that was seen last first. */
  of(from: Address): Promise<KeptToken[]>;
  dispose(): void;
}

/** What a window remembers for all: `vscode.Memento`. */
interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** Where they were before they had files. */
const formerKey = 'cnpg.demotionTokens';

/** @param folder of this machine, the same for all windows */
export function keepTokens(
  folder: string,
  memory: Memory,
  scenes: Pick<Scenes, 'current' | 'onDidChange'>,
  failed: (error: unknown) => void,
): KeptTokens {
  const fileOf = ({ from, primary, token }: KeptToken): string =>
    path.join(
      folder,
      `${createHash('sha256')
        .update(JSON.stringify([addressKey(from), primary, token]))
        .digest('hex')}.json`,
    );

  async function keep(each: KeptToken): Promise<void> {
    await fs.mkdir(folder, { recursive: true });
    const written = `${fileOf(each)}.${process.pid}`;
    await fs.writeFile(written, JSON.stringify(each), { mode: 0o600 });
    await fs.rename(written, fileOf(each));
  }

  async function all(): Promise<KeptToken[]> {
    const names = await fs.readdir(folder).catch(() => []);
    const texts = names
      .filter(name => name.endsWith('.json'))
      // Another window may forget it meanwhile.
      .map(name => fs.readFile(path.join(folder, name), 'utf8').catch(() => ''));
    return (await Promise.all(texts)).flatMap(parsed);
  }

  async function takeOver(): Promise<void> {
    const former = memory.get<KeptToken[]>(formerKey);
    if (!former) return;
    for (const each of former) await keep(each);
    await memory.update(formerKey, undefined);
  }

  async function settle(): Promise<void> {
    const { fresh, past } = keptTokens(await all(), scenes.current().snapshots, Date.now());
    for (const each of fresh) await keep(each);
    for (const each of past) await fs.rm(fileOf(each), { force: true });
  }

  let work = takeOver().catch(failed);
  let seen = '';
  const changes = scenes.onDidChange(() => {
    const now = statesOf(scenes);
    if (now === seen) return;
    seen = now;
    work = work.then(settle).catch(failed);
  });
  return {
    async of(from) {
      await work;
      const kept = (await all()).filter(each => sameAddress(each.from, from));
      return kept.toSorted((a, b) => b.seenAt - a.seenAt);
    },
    dispose: () => changes.dispose(),
  };
}

/** What decides over tokens: most changes of a scene change nothing of it. */
const statesOf = (scenes: Pick<Scenes, 'current'>): string =>
  JSON.stringify(
    scenes
      .current()
      .snapshots.filter(({ state }) => state === 'connected')
      .flatMap(membersOf)
      .map(({ address, cluster: { spec, status }, cluster }) =>
        isReplicaCluster(cluster)
          ? status?.demotionToken && [addressKey(address), spec.replica?.primary, status.demotionToken]
          : [addressKey(address), status?.timelineID],
      ),
  );

/** One that was cut off by a crash is left out. */
function parsed(text: string): KeptToken[] {
  try {
    return [JSON.parse(text) as KeptToken];
  } catch {
    return [];
  }
}
