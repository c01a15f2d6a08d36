import * as vscode from 'vscode';
import type { KeptTokens } from '../kept-tokens.ts';
import type { Cluster } from '../model/cluster.ts';
import { isReplicaCluster, topologyName } from '../model/cluster.ts';
import { isLater } from '../model/demotion.ts';
import { formatTime } from '../model/duration.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';
import { decodeToken } from '../model/token.ts';
import { membersOf } from '../model/topology.ts';
import type { ArchiveRoom } from '../operations/list-archive.ts';
import type { OtherSide } from '../operations/other-side.ts';
import { readOtherSide } from '../operations/other-side.ts';
import type { KnownToken } from '../operations/promote-with-token.ts';
import { promoteWithToken } from '../operations/promote-with-token.ts';
import type { PromotionPlan } from '../operations/promotion.ts';
import type { Scenes } from '../views/scenes.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import type { Located } from './other-side.ts';
import { pickWithPrimary, traceThrough } from './other-side.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import type { PromotionRecords } from './promotion-records.ts';
import { refuseWhenReadOnly } from './read-only.ts';
import { surroundings } from './surroundings.ts';
import { alone } from './topology-lock.ts';

const title = 'Promote with a Saved Token';

export interface TokenDependencies extends OperationDependencies {
  scenes: Scenes;
  archiveRoom: () => Promise<ArchiveRoom>;
  promotions: PromotionRecords;
  tokens: KeptTokens;
}

/** Promotes a replica cluster with the demotion token of a primary whose side answers no more: nothing is lost. */
export const promoteWithSavedToken =
  (deps: TokenDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly(title);
    const picked = await pickWithPrimary(deps.connections, argument, title, isReplicaCluster);
    if (!picked) return;
    await pickAndCarryOut(deps, picked.target, picked.primary);
  };

export async function pickAndCarryOut(deps: TokenDependencies, target: Address, former: Located): Promise<void> {
  const token = await pickToken(await knownTokens(deps, target, former));
  if (token) await carryOut(deps, target, former, token);
}

/** Goes on with a switchover of which only the side that becomes primary answers. */
export const resumeWithoutFormer =
  (deps: TokenDependencies) =>
  async ({ from, to }: PromotionPlan, b: Cluster): Promise<void> => {
    const snapshot = deps.connections.snapshots().find(({ context }) => context === from.context);
    const cluster = snapshot?.clusters.find(
      ({ metadata }) => metadata.name === from.name && (metadata.namespace ?? 'default') === from.namespace,
    );
    const name = cluster ? topologyName(cluster) : (b.spec.replica?.source ?? from.name);
    const former: Located = { name, address: from, cluster, seenAt: snapshot?.seenAt };
    // What was promoted already is only followed, and needs none.
    const [token] = isReplicaCluster(b) ? await knownTokens(deps, to, former) : [{ text: '', seenAt: undefined }];
    const chosen = token ?? (await pickToken([]));
    if (chosen) await carryOut(deps, to, former, chosen);
  };

/** Demotion tokens of `former` in favour of `target`, the latest first. */
export async function knownTokens(
  { connections, promotions, tokens }: Pick<TokenDependencies, 'connections' | 'promotions' | 'tokens'>,
  target: Address,
  { address, cluster, seenAt }: Located,
): Promise<KnownToken[]> {
  const member = connections
    .snapshots()
    .flatMap(membersOf)
    .find(each => sameAddress(each.address, target));
  const name = member?.name ?? target.name;
  const own = member?.cluster.status?.demotionToken;
  const record = promotions.all().find(({ plan }) => sameAddress(plan.to, target));
  const kept = address ? tokens.of(address) : [];
  const last = cluster?.spec.replica?.primary === name ? cluster.status?.demotionToken : undefined;
  const found: (KnownToken | undefined)[] = [
    last ? { text: last, seenAt } : undefined,
    ...kept.filter(({ primary }) => primary === name).map(({ token, seenAt: at }) => ({ text: token, seenAt: at })),
    record?.token === undefined
      ? undefined
      : { text: record.token, seenAt: Date.parse(record.tokenSeenAt ?? record.startedAt) },
  ];
  // It was demoted itself since: those are of the switchover before.
  const known = found.filter(each => each !== undefined).filter(({ text }) => !own || !isLater(own, text));
  return known.filter(({ text }, index) => known.findIndex(each => each.text === text) === index);
}

/** @returns `undefined` when the user backs out */
async function pickToken(known: readonly KnownToken[]): Promise<KnownToken | undefined> {
  const other = { label: 'Another Token…', description: 'from a ticket, a log or the clipboard', token: undefined };
  const picked =
    known.length === 0
      ? other
      : await vscode.window.showQuickPick(
          [
            ...known.map(token => ({
              label: tokenWords(token.text),
              description: token.seenAt === undefined ? '' : `seen at ${formatTime(token.seenAt, Date.now())}`,
              token,
            })),
            other,
          ],
          { title, placeHolder: 'Demotion token of the former primary' },
        );
  if (!picked) return undefined;
  if (picked.token) return picked.token;
  const typed = await vscode.window.showInputBox({
    title,
    prompt: `Demotion token of the former primary (status.demotionToken)${known.length > 0 ? '' : '. None is saved here: without it there is only the failover'}`,
    ignoreFocusOut: true,
    validateInput(text) {
      const token = decodeToken(text.trim());
      return typeof token === 'string' ? token : undefined;
    },
  });
  return typed === undefined ? undefined : { text: typed.trim(), seenAt: undefined };
}

function tokenWords(text: string): string {
  const token = decodeToken(text);
  return typeof token === 'string'
    ? token
    : `Timeline ${token.latestCheckpointTimelineID}, LSN ${token.latestCheckpointREDOLocation}`;
}

async function carryOut(deps: TokenDependencies, target: Address, former: Located, token: KnownToken): Promise<void> {
  const { address } = former;
  const operation = promoteWithToken(target, former.name, token, (cluster, signal) =>
    look(deps, target, cluster, former, token, signal),
  );
  const outcome = await alone([target, ...(address ? [address] : [])], operation.title, () =>
    operate(deps, operation, 'Promote'),
  );
  // That the former primary follows is verified when its side is back.
  if (outcome?.kind === 'completed' && address)
    deps.promotions.remember({ from: address, to: target }, token.text || undefined);
}

function look(
  deps: TokenDependencies,
  target: Address,
  cluster: Cluster,
  former: Located,
  { text }: KnownToken,
  signal: AbortSignal,
): Promise<OtherSide> {
  const { connections, scenes, archiveRoom } = deps;
  const { name, address } = former;
  return readOtherSide(
    {
      name,
      address,
      lastSeen: former.cluster,
      lastSeenAt: former.seenAt,
      otherPrimaries: surroundings(connections, scenes, archiveRoom).otherPrimaries(target, address ?? target),
      connect: context => connections.open(context),
      demotionTrace: traceThrough(deps, target, cluster, text),
    },
    signal,
  );
}
