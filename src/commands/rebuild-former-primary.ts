import * as vscode from 'vscode';
import { Failure, isFailure, messageOf } from '../errors.ts';
import { ownArchive } from '../model/archive.ts';
import type { Cluster } from '../model/cluster.ts';
import { topologyName } from '../model/cluster.ts';
import type { Address } from '../model/kubernetes.ts';
import { sameAddress } from '../model/kubernetes.ts';
import type { Member } from '../model/topology.ts';
import { findTopologies, primaries, topologyWith } from '../model/topology.ts';
import type { ArchiveRoom } from '../operations/list-archive.ts';
import { newestArchived } from '../operations/list-archive.ts';
import type { Operation } from '../operations/operation.ts';
import { readOtherSide } from '../operations/other-side.ts';
import type { NewFolder, Rebuild } from '../operations/rebuild.ts';
import { createRebuilt, deleteFormer, isRebuilt, repointArchive } from '../operations/rebuild.ts';
import type { RebuildChoices, RebuildFrom } from '../operations/rebuilt-manifest.ts';
import { nextServerName, rebuiltManifest, waysToRebuild } from '../operations/rebuilt-manifest.ts';
import { configuredBindings } from '../views/bindings.ts';
import type { LiveYamlRoom } from './open-live-yaml.ts';
import type { OperationDependencies } from './operate.ts';
import { operate } from './operate.ts';
import { clusterChoice } from './cluster-choice.ts';
import type { ClusterArgument } from './pick-cluster.ts';
import { ensureConnected } from './pick-cluster.ts';
import { refuseWhenReadOnly } from './read-only.ts';
import { posing } from './surroundings.ts';
import { alone } from './topology-lock.ts';
import type { RebuildRecord, RebuildRecords } from './rebuild-records.ts';

const title = 'Rebuild Former Primary';

export interface RebuildDependencies extends OperationDependencies {
  records: RebuildRecords;
  archiveRoom: () => Promise<ArchiveRoom>;
  liveYaml: () => Promise<LiveYamlRoom>;
}

/** Deletes a former primary and creates it anew as a replica cluster of the primary that replaced it. */
export const rebuildFormerPrimary =
  (deps: RebuildDependencies) =>
  async (argument?: ClusterArgument): Promise<void> => {
    refuseWhenReadOnly(title);
    const { connections, records } = deps;
    const target = await pickFormer(deps, argument);
    if (!target) return;
    await connections.open(target.context);
    const live = await readCluster(deps, target);
    const begun = records.of(target);
    // Deleted already, or even created: what is left is to go on. Created by others as a primary it has to go once more.
    const deleted = live?.metadata.uid !== begun?.former.metadata.uid;
    if (begun && deleted && (!live || isRebuilt(begun.manifest, live))) return goOn(deps, begun);
    if (!live) throw nothingThere(target);
    const record = await choose(deps, target, live);
    if (!record) return;
    records.remember(record);
    const deletion = deleteFormer(await rebuildOf(deps, record));
    const outcome = await alone([target, record.primary], deletion.title, () => operate(deps, deletion, 'Delete'));
    if (outcome?.kind === 'completed') return goOn(deps, record);
    const left = (await readCluster(deps, target).catch(() => undefined))?.metadata;
    // While it is being deleted the record is all that is left of its manifest.
    if (left?.uid === live.metadata.uid && left?.deletionTimestamp === undefined) records.forget(target);
  };

/** Tells of a rebuild that was left between its deletion and its creation. Nothing is contacted before the user agrees. */
export async function offerToRebuild(records: RebuildRecords): Promise<void> {
  const [record] = records.all();
  if (!record) return;
  const answer = await vscode.window.showWarningMessage(
    `The rebuild of ${record.target.name}, begun at ${record.startedAt}, is not known to be at its end. Its manifest is kept.`,
    'Go On',
    'Forget',
  );
  if (answer === 'Go On') await vscode.commands.executeCommand('cnpg.rebuildFormerPrimary', { address: record.target });
  if (answer === 'Forget') records.forget(record.target);
}

async function goOn(deps: RebuildDependencies, record: RebuildRecord): Promise<void> {
  const rebuild = await rebuildOf(deps, record);
  const { manifest, primary, target } = record;
  const serverName = ownArchive(manifest)?.serverName;
  const steps: [Operation, string][] = [
    ...(serverName === undefined
      ? []
      : [[repointArchive(primary, topologyName(manifest), serverName), 'Write'] satisfies [Operation, string]]),
    [createRebuilt(rebuild), 'Create'],
  ];
  await deps.connections.open(primary.context);
  for (const [operation, verb] of steps) {
    const outcome = await alone([target, primary], operation.title, () => operate(deps, operation, verb));
    if (outcome?.kind === 'completed') continue;
    void vscode.window.showWarningMessage(
      `${target.name} is not rebuilt yet. Its manifest is kept: "CNPG: ${title}…" goes on from here.`,
    );
    return;
  }
  deps.records.forget(target);
}

async function readCluster({ connections }: RebuildDependencies, target: Address): Promise<Cluster | undefined> {
  try {
    const connection = await connections.open(target.context);
    return await connection.get<Cluster>('Cluster', target.namespace, target.name, AbortSignal.timeout(30_000));
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Members beside a primary, and what was deleted and not created anew yet. */
async function pickFormer(deps: RebuildDependencies, argument: ClusterArgument): Promise<Address | undefined> {
  if (argument && 'address' in argument && argument.address) return argument.address;
  if (!(await ensureConnected(deps.connections))) return undefined;
  const members = topologies(deps).flatMap(topology =>
    topology.members.filter(member => primaries(topology).some(primary => primary !== member)),
  );
  const states = new Map(deps.connections.snapshots().map(({ context, state }) => [context, state]));
  const items = [
    ...members.map(member => ({
      ...clusterChoice(member, states.get(member.address.context)),
      address: member.address,
    })),
    ...deps.records
      .all()
      .filter(({ target }) => !members.some(({ address }) => sameAddress(address, target)))
      .map(({ target }) => ({
        label: target.name,
        description: `context ${target.context} · namespace ${target.namespace} · deleted, not created anew yet`,
        address: target,
      })),
  ];
  if (items.length === 0)
    throw new Failure('not-found', {
      what: title,
      why: 'No Cluster has another primary beside it in the connected contexts.',
      remedy: 'Connect the contexts of both sides.',
    });
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Cluster that was the primary',
    matchOnDescription: true,
  });
  return picked?.address;
}

const topologies = ({ connections }: RebuildDependencies) =>
  findTopologies(connections.snapshots(), configuredBindings());

const nothingThere = ({ context, name }: Address): Failure =>
  new Failure('not-found', {
    what: `${name} cannot be rebuilt`,
    why: `Context ${context} has no such Cluster, and no manifest of it is kept from an earlier deletion.`,
    remedy: 'Create it from its manifest, as a replica cluster of the new primary.',
  });

async function choose(deps: RebuildDependencies, target: Address, former: Cluster): Promise<RebuildRecord | undefined> {
  const primary = await pickPrimary(deps, target);
  if (!primary) return undefined;
  const from = await pickWay(former, primary);
  if (!from) return undefined;
  const serverName = ownArchive(former) ? await askServerName(former) : '';
  if (serverName === undefined) return undefined;
  const choices: RebuildChoices = { primary: primary.name, from, serverName };
  return {
    target,
    primary: primary.address,
    former,
    manifest: rebuiltManifest(former, choices),
    startedAt: new Date().toISOString(),
  };
}

async function pickPrimary(deps: RebuildDependencies, target: Address): Promise<Member | undefined> {
  const topology = topologyWith(topologies(deps), target);
  const others = topology ? primaries(topology).filter(({ address }) => !sameAddress(address, target)) : [];
  if (others.length === 0)
    throw new Failure('no-partner', {
      what: `${target.name} is not rebuilt`,
      why: 'No other member of its topology is a primary cluster, as far as the connected contexts tell.',
      remedy: 'Connect the context of the new primary. Without one, this may be the only copy.',
    });
  if (others.length === 1) return others[0];
  const picked = await vscode.window.showQuickPick(
    others.map(member => ({
      label: member.name,
      description: `context ${member.address.context} · namespace ${member.address.namespace}`,
      member,
    })),
    { title, placeHolder: 'Primary cluster that it shall follow' },
  );
  return picked?.member;
}

async function pickWay(former: Cluster, primary: Member): Promise<RebuildFrom | undefined> {
  const ways = waysToRebuild(former, primary.name);
  if (ways.length < 2) return ways[0] ?? 'streaming';
  const words: Record<RebuildFrom, [string, string]> = {
    streaming: [`Copy from ${primary.name}`, 'over the network, as it is now (pg_basebackup)'],
    archive: [
      `Restore from the archive of ${primary.name}`,
      'needs a base backup of its new timeline there (recovery)',
    ],
  };
  const picked = await vscode.window.showQuickPick(
    ways.map(way => ({ label: words[way][0], description: words[way][1], way })),
    { title, placeHolder: `Where ${former.metadata.name} gets its data from` },
  );
  return picked?.way;
}

async function askServerName(former: Cluster): Promise<string | undefined> {
  const old = ownArchive(former)?.serverName;
  return vscode.window.showInputBox({
    title,
    prompt: `Folder that ${former.metadata.name} archives into from now on (serverName). The old one, "${old ?? ''}", keeps the WAL of its former life.`,
    value: nextServerName(former),
    ignoreFocusOut: true,
    validateInput: value =>
      /^[A-Za-z0-9][\w.-]*$/.test(value) ? undefined : 'Letters, digits, hyphens, dots and underscores.',
  });
}

async function rebuildOf(deps: RebuildDependencies, record: RebuildRecord): Promise<Rebuild> {
  const { target, primary, former, manifest } = record;
  const name = manifest.spec.replica?.primary ?? primary.name;
  const yaml = await deps.liveYaml();
  return {
    target,
    former,
    manifest,
    text: yaml.renderManifest(manifest),
    folder: await newFolder(deps, target, manifest),
    look: (_cluster, signal) =>
      readOtherSide(
        {
          name,
          address: primary,
          connect: context => deps.connections.open(context),
        },
        signal,
      ),
  };
}

/** Looks into the folder of the manifest, which no live Cluster names yet. */
async function newFolder(deps: RebuildDependencies, target: Address, manifest: Cluster): Promise<NewFolder> {
  if (!ownArchive(manifest)) return { kind: 'none' };
  try {
    const connection = await deps.connections.open(target.context);
    const signal = AbortSignal.timeout(30_000);
    return {
      kind: 'read',
      newest: await newestArchived(posing(connection, manifest), target, 'own', deps.archiveRoom, signal),
    };
  } catch (error) {
    return { kind: 'unreadable', reason: messageOf(error) };
  }
}
