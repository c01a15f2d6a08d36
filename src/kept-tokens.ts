/** Demotion tokens that this machine has seen: a Kubernetes cluster that is lost takes the status of its Clusters with it. */
import { isReplicaCluster } from './model/cluster.ts';
import type { KeptToken } from './model/kept-tokens.ts';
import { keptTokens } from './model/kept-tokens.ts';
import type { Address } from './model/kubernetes.ts';
import { addressKey, sameAddress } from './model/kubernetes.ts';
import { membersOf } from './model/topology.ts';
import type { Records } from './records.ts';
import type { Scenes } from './views/scenes.ts';

export interface KeptTokens {
  /** Of this Cluster, the one that was seen last first. */
  of(from: Address): KeptToken[];
  dispose(): void;
}

export const keptTokenKey = ({ from, primary, token }: KeptToken): string =>
  JSON.stringify([addressKey(from), primary, token]);

/** @param failed is told when they cannot be kept: what is seen is shown all the same */
export function keepTokens(
  records: Records<KeptToken>,
  scenes: Pick<Scenes, 'current' | 'onDidChange'>,
  failed: (error: unknown) => void,
): KeptTokens {
  let seen = '';
  const changes = scenes.onDidChange(() => {
    const now = statesOf(scenes);
    if (now === seen) return;
    seen = now;
    try {
      const { fresh, past } = keptTokens(records.all(), scenes.current().snapshots, Date.now());
      for (const each of fresh) records.keep(each);
      for (const each of past) records.forget(keptTokenKey(each));
    } catch (error) {
      failed(error);
    }
  });
  return {
    of: from =>
      records
        .all()
        .filter(each => sameAddress(each.from, from))
        .toSorted((a, b) => b.seenAt - a.seenAt),
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
