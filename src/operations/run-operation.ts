/** Carries out an operation inside one Cluster: reads, runs the checks, dry-runs, writes once, follows. */
import { Failure, isFailure, messageOf, unlessMissing } from '../errors.ts';
import type { Connection } from '../kubernetes/contract.ts';
import type { Cluster } from '../model/cluster.ts';
import type { StatusReading } from '../model/instance-status.ts';
import { instancesOf } from '../model/instances.ts';
import type { Address, KubernetesObject, Pod } from '../model/kubernetes.ts';
import { emptySnapshot } from '../model/snapshot.ts';
import type { Check } from './checks.ts';
import { checkWords } from './checks-text.ts';
import { blocking, dryRun, gitOpsOwner, rights, noWorse } from './checks.ts';
import type { Observed, Operation, OperationPlan, Progress } from './operation.ts';
import { pause } from './pause.ts';
import type { Ask } from './questions.ts';
import { asking } from './questions.ts';
import { readStatus } from './run.ts';
import { refusalOf, sendWrite } from './send-write.ts';
import type { FieldChange, Write } from './write.ts';
import { accessOf, accessWords } from './write.ts';

/** What a run needs of a connection. */
export type OperationApi = Pick<Connection, 'get' | 'patch' | 'create' | 'delete' | 'canI' | 'instanceStatus'>;

/** An operation as it is shown before anything is written. */
export interface Prepared extends OperationPlan {
  at: Date;
  /** The tool that applies the Cluster from Git. */
  owner?: string | undefined;
}

/** Reads the Cluster, its pods and what each instance says of itself. */
export async function observe(
  api: OperationApi,
  { target, about, unlessThere }: Pick<Operation, 'target' | 'about' | 'unlessThere'>,
  signal: AbortSignal,
): Promise<Observed> {
  const { namespace } = target;
  const reading = api.get<Cluster>('Cluster', namespace, target.name, signal);
  const [cluster, object] = await Promise.all([
    unlessThere ? unlessMissing(reading).then(found => found ?? unlessThere) : reading,
    about && unlessMissing(api.get<KubernetesObject>(about.kind, namespace, about.name, signal)),
  ]);
  const names = cluster.status?.instanceNames ?? [];
  const found = await Promise.all(
    names.map(async name => {
      const pod = await unlessMissing(api.get<Pod>('Pod', namespace, name, signal));
      return pod && { name, pod, reading: await readStatus(api, namespace, name, signal) };
    }),
  );
  const seen = found.filter(each => each !== undefined);
  const readings = seen.map(({ name, reading }): [string, StatusReading] => [`${namespace}/${name}`, reading]);
  const snapshot = {
    ...emptySnapshot(target.context, ''),
    pods: seen.map(({ pod }) => pod),
    instanceStatus: Object.fromEntries(readings),
  };
  return { cluster, instances: instancesOf(cluster, snapshot), object };
}

/** Observes, asks for the right, dry-runs the write and runs the checks. Stores nothing. */
export async function prepareOperation(
  operation: Operation,
  api: OperationApi,
  signal: AbortSignal,
  ask: Ask = asking,
): Promise<Prepared> {
  const { name, context } = operation.target;
  const seen = await ask(`how are ${name} and its instances (context ${context})`, observe(api, operation, signal));
  const other = operation.otherSide?.(seen.cluster, signal);
  const otherSide = other && (await ask(`how is the other side of ${name}`, other));
  const plan = operation.plan(otherSide ? { ...seen, otherSide } : seen);
  const writes = plan.write ? [plan.write, ...(plan.later ?? []).map(apart)] : [];
  const asked = await Promise.all(writes.map(write => permitted(api, write, signal, ask)));
  return { ...plan, checks: [...plan.checks, ...asked.flat()], at: new Date(), owner: gitOpsOwner(seen.cluster) };
}

/** As it is when somebody else writes: who applies manifests needs the rights. */
export const forManifests = (prepared: Prepared): Prepared => ({
  ...prepared,
  checks: prepared.checks.filter(({ ofWriter }) => !ofWriter),
});

/** What is to be created in the place of what is still there is dry-run under a name of its own. */
const apart = (write: Write): Write =>
  write.verb === 'create'
    ? {
        ...write,
        object: { ...write.object, metadata: { ...write.object.metadata, name: `${write.target.name}-dry-run` } },
      }
    : write;

async function permitted(api: OperationApi, write: Write, signal: AbortSignal, ask: Ask): Promise<Check[]> {
  const access = accessOf(write);
  const { name, context } = write.target;
  const [answer, refusal] = await Promise.all([
    ask(`may you ${accessWords(access)} (context ${context})`, api.canI(access, signal)),
    ask(`dry run of the write to ${name} (context ${context})`, refusalOf(sendWrite(api, write, true, signal), signal)),
  ]);
  return [rights(name, accessWords(access), answer), dryRun(name, refusal)];
}

export interface OperationEvents {
  onProgress(progress: Progress): void;
  /** The API server has taken the write: what follows is its effect. */
  onWritten(write: Write): void;
  /** A passing trouble, for example an API server that does not answer for now. */
  onTrouble(message: string): void;
}

export type OperationOutcome =
  | { kind: 'completed'; issues: string[]; evidence: string }
  /** Not at its end, and not followed any more; what was written stays written. */
  | { kind: 'incomplete'; problem: string; remedy: string }
  /** Nothing was written: what was found just before is not what was confirmed. It has to be shown and confirmed anew. */
  | { kind: 'changed'; prepared: Prepared };

export interface OperationRunOptions {
  /** Milliseconds between two looks. */
  interval: number;
  /** Milliseconds after which following ends. */
  limit: number;
  /** Milliseconds for which a write that meets a conflict or no answer is tried. */
  writeLimit: number;
  /** Writes nothing itself: the write is handed out once, to be made in the manifests, and awaited in the Cluster. */
  byManifests?: {
    handOut: (write: Write) => void;
    /** Milliseconds until it has to be applied. */
    limit: number;
    /** Milliseconds between two looks at all that was checked. */
    recheck: number;
  };
}

/** After these the write may or may not have arrived, or the object has changed: it is looked at again. */
const passing = ['conflict', 'unreachable', 'throttled', 'server'];

/**
 * @param confirmed what the user has seen and agreed to
 * @param signal stops following; what was written stays written
 * @throws Failure when the API server refuses the write
 */
export async function runOperation(
  operation: Operation,
  api: OperationApi,
  confirmed: Prepared,
  events: OperationEvents,
  options: OperationRunOptions,
  signal: AbortSignal,
): Promise<OperationOutcome> {
  const { written, ended } = await write();
  return ended ?? follow(written);

  async function write(): Promise<{ written?: Write; ended?: OperationOutcome }> {
    const begun = performance.now();
    if (!confirmed.write) return {};
    for (;;) {
      signal.throwIfAborted();
      try {
        // The user may have looked at the page for a while, and after a failed attempt nothing is known.
        const latest = await prepareOperation(operation, api, signal);
        const found = options.byManifests ? forManifests(latest) : latest;
        if (!consentHolds(found, confirmed)) return { ended: { kind: 'changed', prepared: found } };
        if (latest.write && options.byManifests) return await handedOut(latest.write, options.byManifests);
        if (latest.write) {
          const { warnings } = await sendWrite(api, latest.write, false, signal);
          for (const warning of warnings) events.onTrouble(warning);
        }
        // Else it had arrived although no answer came, or somebody else wanted the same.
        events.onWritten(latest.write ?? confirmed.write);
        return { written: latest.write ?? confirmed.write };
      } catch (error) {
        signal.throwIfAborted();
        if (!isFailure(error) || !passing.includes(error.code) || performance.now() - begun > options.writeLimit)
          throw error;
        events.onTrouble(error.message);
        await pause(options.interval, signal);
      }
    }
  }

  /** What stood in no way may come to stand there before the manifest is applied: a lost primary may be back. */
  async function handedOut(
    write: Write,
    { handOut, limit, recheck }: NonNullable<OperationRunOptions['byManifests']>,
  ): Promise<{ written?: Write; ended?: OperationOutcome }> {
    handOut(write);
    let looked = performance.now();
    const ended = await watch<OperationOutcome | 'applied'>(
      limit,
      async () => {
        const { cluster } = await observe(api, operation, signal);
        if (write.verb === 'patch' && holds(cluster, write.patch)) return 'applied';
        if (performance.now() - looked <= recheck) return undefined;
        looked = performance.now();
        const latest = forManifests(await prepareOperation(operation, api, signal));
        return latest.write && !consentHolds(latest, confirmed) ? withdrawn(latest) : undefined;
      },
      () => notApplied(limit),
    );
    if (ended !== 'applied') return { ended };
    events.onWritten(write);
    return { written: write };
  }

  /**
   * Looks until there is something to say. Passing trouble is told once.
   * @param late when there was nothing within the limit
   */
  async function watch<T>(
    limit: number,
    look: () => Promise<T | undefined>,
    late: (trouble: string | undefined) => T,
  ): Promise<T | OperationOutcome> {
    const begun = performance.now();
    let trouble: string | undefined;
    for (;;) {
      signal.throwIfAborted();
      try {
        const found = await look();
        if (found !== undefined) return found;
        trouble = undefined;
      } catch (error) {
        signal.throwIfAborted();
        const end = endOfFollowing(error);
        if (end) return end;
        if (trouble !== messageOf(error)) events.onTrouble(messageOf(error));
        trouble = messageOf(error);
      }
      if (performance.now() - begun > limit) return late(trouble);
      await pause(options.interval, signal);
    }
  }

  function withdrawn(latest: Prepared): OperationOutcome {
    const worse = latest.checks.filter(each => each.outcome !== 'ok' && !noWorse([each], confirmed.checks));
    const why = worse.map(check => `${checkWords(check)}.`).join(' ');
    return {
      kind: 'incomplete',
      problem: `The manifest was not applied yet, and it is no longer as you confirmed it. ${why || latest.meaning}`,
      remedy: 'Revert the edited manifest before somebody applies it, then run the command again.',
    };
  }

  function notApplied(limit: number): OperationOutcome {
    return {
      kind: 'incomplete',
      problem: `The manifest was not applied within ${Math.round(limit / 60_000)} min.`,
      remedy:
        'If it is still to be applied, run the command again: it goes on from what the Cluster says. Else revert it.',
    };
  }

  async function follow(sent: Write | undefined): Promise<OperationOutcome> {
    let last: Progress | undefined;
    return watch<OperationOutcome>(
      options.limit,
      async () => {
        const progress = operation.progress(await observe(api, operation, signal), sent);
        if (JSON.stringify(progress) !== JSON.stringify(last)) events.onProgress(progress);
        last = progress;
        if (progress.kind === 'done')
          return { kind: 'completed', issues: progress.issues, evidence: progress.evidence };
        return progress.kind === 'failed'
          ? { kind: 'incomplete', problem: progress.problem, remedy: progress.remedy }
          : undefined;
      },
      trouble => timedOut(last, trouble),
    );
  }

  function endOfFollowing(error: unknown): OperationOutcome | undefined {
    if (!isFailure(error)) throw error;
    const { context, namespace, name } = operation.target;
    if (error.code === 'not-found')
      return {
        kind: 'incomplete',
        problem: `Cluster ${namespace}/${name} is gone from context ${context}: it was deleted meanwhile.`,
        remedy: 'Find out who deleted it. Its volumes go with it unless they are kept.',
      };
    if (error.code === 'forbidden')
      return {
        kind: 'incomplete',
        problem: `The change was requested; what became of it may not be read. ${error.why}`,
        remedy: error.remedy,
      };
    return undefined;
  }

  function timedOut(last: Progress | undefined, trouble: string | undefined): OperationOutcome {
    const minutes = Math.max(1, Math.round(options.limit / 60_000));
    if (trouble !== undefined || last?.kind !== 'pending')
      return {
        kind: 'incomplete',
        problem:
          `The change was requested; for ${minutes} min it could not be read what became of it. ${trouble ?? ''}`.trim(),
        remedy: 'Restore access, then run the command again: it goes on from what the Cluster says.',
      };
    return {
      kind: 'incomplete',
      problem: `Requested, but not at its end within ${minutes} min. ${last.evidence}`,
      remedy: last.stalled,
    };
  }
}

/**
 * Does the consent hold for what was found? The fields to write and what it means have to be equal, no check may be worse, and no more
 * may be lost: that a replica goes on replaying is no reason to ask again. What is written already needs no consent.
 */
function consentHolds(found: Prepared, confirmed: Prepared): boolean {
  if (!found.write) return true;
  const facts = ({ write, meaning, sentence, loss }: Prepared): string =>
    JSON.stringify([write?.changes.map(shownFacts), meaning, loss === undefined ? sentence : 'a loss']);
  return (
    facts(found) === facts(confirmed) &&
    noWorse(found.checks, confirmed.checks) &&
    (found.loss?.bytes ?? 0n) <= (confirmed.loss?.bytes ?? 0n)
  );
}

/** Has the object all values of a JSON merge patch (RFC 7386)? */
const holds = (object: unknown, patch: unknown): boolean =>
  typeof patch === 'object' && patch !== null && !Array.isArray(patch)
    ? Object.entries(patch).every(([field, value]) =>
        holds((object as Record<string, unknown> | null | undefined)?.[field], value),
      )
    : patch === null
      ? object === undefined || object === null
      : JSON.stringify(object) === JSON.stringify(patch);

/** The operator writes the status all the time. */
const shownFacts = ({ field, from, to }: FieldChange) =>
  field.startsWith('status.') ? [field, to] : [field, from, to];

/** Failed checks that cannot be overridden. @throws Failure that names them */
export function throwIfBlocked(title: string, checks: readonly Check[]): void {
  const failed = blocking(checks).filter(check => !check.yields);
  if (failed.length === 0) return;
  throw new Failure('blocked', {
    what: `${title}: nothing was changed`,
    why: failed.map(check => `${checkWords(check)}.`).join(' '),
    remedy: failed[0]?.remedy ?? '',
  });
}

/** What is known of the write when a fault ended the run. @param written the API server had taken it */
export function faultWords(error: unknown, written: boolean): string {
  if (written) return `Requested, and no longer followed: ${messageOf(error)}`;
  // A refusal is an answer; silence and a broken server are none.
  if (isFailure(error) && ['unreachable', 'server'].includes(error.code))
    return `It is not known whether the write arrived: look at the Cluster. ${messageOf(error)}`;
  return `Nothing was written: ${messageOf(error)}`;
}

/** What is left of a run when its window was closed or following was ended. */
export const followedNoLonger = ({ name }: Address): string =>
  `No longer followed; what was written stays written. Run the command again to go on from what ${name} says.`;
