/** Demotion tokens that this machine has seen: a Kubernetes cluster that is lost takes the status of its Clusters with it. */
import type * as vscode from 'vscode';
import type { KeptToken } from '../model/kept-tokens.ts';
import { keptTokens } from '../model/kept-tokens.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';
import type { Scenes } from '../views/scenes.ts';

export interface KeptTokens extends vscode.Disposable {
  of(from: Address): KeptToken | undefined;
}

const key = 'cnpg.demotionTokens';

export function keepTokens(
  memory: vscode.Memento,
  scenes: Pick<Scenes, 'current' | 'onDidChange'>,
  failed: (error: unknown) => void,
): KeptTokens {
  const all = (): KeptToken[] => memory.get<KeptToken[]>(key, []);
  const changes = scenes.onDidChange(() => {
    const before = all();
    const after = keptTokens(before, scenes.current().snapshots, Date.now());
    if (after !== before) memory.update(key, after).then(undefined, failed);
  });
  return { of: from => all().find(kept => sameAddress(kept.from, from)), dispose: () => changes.dispose() };
}
