/** Manifests are applied on the server side: a dry run says what would become of each object, then it is done. */
import { Failure, unlessMissing } from '../errors.ts';
import type { Connection, ObjectKind } from '../kubernetes/contract.ts';
import { inApplyOrder, roleChange, tokenChange } from '../model/apply-order.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { OtherMembers } from '../model/other-members.ts';
import { secondPrimary } from './second-primary.ts';

export type ApplyApi = Pick<Connection, 'apply' | 'raw'>;

/** One object as it is, and as it would be. */
export interface PlannedApply {
  /** As it is written, with its namespace. */
  written: KubernetesObject;
  live: KubernetesObject | undefined;
  /** What the dry run gave back. */
  planned: KubernetesObject;
  /** Fields of other managers are taken over. */
  force: boolean;
  warnings: string[];
  /** Does it change anything that counts? */
  changes: boolean;
}

/**
 * Asks the API server what would become of each object. Stores nothing.
 * @param force for which objects fields of other managers are taken over
 * @param others looks at the other members of the topology of a Cluster, as if it was as given
 * Rejects with a `Failure`: `conflict` when another manager owns a field, `role-change` when it would change who is primary.
 */
export async function planApply(
  api: ApplyApi,
  objects: readonly KubernetesObject[],
  force: (object: KubernetesObject) => boolean,
  others: (asIf: KubernetesObject) => OtherMembers,
  signal: AbortSignal,
): Promise<PlannedApply[]> {
  const foreign = objects.find(({ kind = '' }) => kind.endsWith('ImageCatalog'));
  if (foreign) throw notFollowed(foreign);
  const planned: PlannedApply[] = [];
  for (const { object } of inApplyOrder(objects.map(each => ({ object: each })))) {
    const live = await readLive(api, object, signal);
    const change = roleChange(object, live);
    if (change !== undefined) throw notThisWay(change);
    const how = { dryRun: true, force: force(object) };
    const answer = await api.apply(object, how, signal);
    // Fields of other managers stay, so that the outcome may have another role than what is written.
    const outcome = roleChange(answer.object, live) ?? tokenChange(answer.object, live);
    if (outcome !== undefined) throw notThisWay(outcome);
    const second = secondPrimary(answer.object, live, others(answer.object));
    if (second.refused !== undefined) throw twoPrimaries(second.refused);
    planned.push({
      written: object,
      live,
      planned: answer.object,
      force: how.force,
      warnings: [...answer.warnings, ...(second.warning === undefined ? [] : [second.warning])],
      changes: !live || JSON.stringify(counted(live)) !== JSON.stringify(counted(answer.object)),
    });
  }
  return planned;
}

/** Applies what was planned. Rejects with the API server's `Failure`. */
export async function applyPlanned(api: ApplyApi, planned: PlannedApply, signal: AbortSignal): Promise<void> {
  const { written, live, force } = planned;
  if (!live && (await readLive(api, written, signal))) throw createdMeanwhile(written);
  await api.apply(written, { dryRun: false, force, ...versionOf(planned) }, signal);
}

/** An object that changed since it was shown is refused (409); one that was not there has no version to compare. */
const versionOf = ({ live }: PlannedApply): { resourceVersion?: string } => {
  const version = live?.metadata.resourceVersion;
  return version === undefined ? {} : { resourceVersion: version };
};

/** What a change of the object shows in: neither its status nor what the API server keeps for itself. */
export function counted(object: KubernetesObject): KubernetesObject {
  const {
    managedFields: _,
    resourceVersion: __,
    generation: ___,
    uid: ____,
    creationTimestamp: _____,
    ...metadata
  } = object.metadata;
  const { status: ______, ...rest } = object as KubernetesObject & { status?: unknown };
  return { ...rest, metadata };
}

const readLive = (
  api: ApplyApi,
  { kind, metadata }: KubernetesObject,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> =>
  unlessMissing(api.raw(kind as Exclude<ObjectKind, 'Secret'>, metadata.namespace ?? 'default', metadata.name, signal));

/** Catalogs are read by no part of the extension: what is live could not be shown. */
const notFollowed = ({ kind = '', metadata }: KubernetesObject): Failure =>
  new Failure('unsupported', {
    what: 'Nothing was applied',
    why: `${kind} ${metadata.name} is a kind that is not applied from here.`,
    remedy: 'Leave it out of the choice, and apply it with kubectl apply --server-side.',
  });

const createdMeanwhile = ({ kind = '', metadata }: KubernetesObject): Failure =>
  new Failure('conflict', {
    what: `${kind} ${metadata.name} was not applied`,
    why: 'Somebody created it since it was shown as new.',
    remedy: 'Run the command again: it shows what would change.',
  });

const twoPrimaries = (why: string): Failure =>
  new Failure('role-change', {
    what: 'Nothing was applied',
    why: `${why}. There would be two primaries.`,
    remedy:
      'Write it as a replica cluster (replica.primary and replica.source name the primary), or leave it hibernated or fenced. A former primary comes back with "CNPG: Rebuild Former Primary…".',
  });

const notThisWay = (change: string): Failure =>
  new Failure('role-change', {
    what: 'Nothing was applied',
    why: `${change}. Applied one manifest at a time this leads to two primaries or to none.`,
    remedy:
      'Run "CNPG: Promote Replica Cluster…" (or "CNPG: Fail Over to Replica Cluster…" when the primary is lost): it changes both sides in the right order.',
  });
