/** Carries out a promotion: reads both sides, asks `promotion.ts` what comes next, writes or waits. */
import type { Connection } from '../kubernetes/contract.ts';
import { isFailure, messageOf } from '../errors.ts';
import type { Cluster } from '../model/cluster.ts';
import { formatDuration } from '../model/duration.ts';
import type { StatusReading } from '../model/instance-status.ts';
import type { Address } from '../model/kubernetes.ts';
import type { Check } from './checks.ts';
import { pause } from './pause.ts';
import type { AskedFacts } from './preflight.ts';
import { preflight } from './preflight.ts';
import type { ClusterWrite, PromotionPlan, PromotionStep, PromotionStepName, Side } from './promotion.ts';
import { demotionWrite, dryRunToken, nextStep, promotionWrite } from './promotion.ts';
import type { Ask } from './questions.ts';
import { asking } from './questions.ts';
import { refusalOf, sendPatch } from './send-write.ts';
import type { Surroundings } from './surroundings.ts';
import { compareSecrets, readArchive } from './surroundings.ts';

/** What a run needs of a connection. */
export type Api = Pick<Connection, 'get' | 'patch' | 'canI' | 'instanceStatus'>;
export type ApiOf = (address: Address) => Api;

export async function readSide(api: Api, address: Address, signal: AbortSignal): Promise<Side> {
  const cluster = await api.get<Cluster>('Cluster', address.namespace, address.name, signal);
  return { cluster, leader: await readLeader(api, cluster, signal) };
}

async function readLeader(api: Api, cluster: Cluster, signal: AbortSignal): Promise<StatusReading | undefined> {
  const pod = cluster.status?.currentPrimary;
  return pod ? readStatus(api, cluster.metadata.namespace ?? 'default', pod, signal) : undefined;
}

/** Asks an instance; that it does not answer is a reading too. */
export async function readStatus(
  api: Pick<Connection, 'instanceStatus'>,
  namespace: string,
  pod: string,
  signal: AbortSignal,
): Promise<StatusReading> {
  try {
    const status = await api.instanceStatus(namespace, pod, signal);
    return { kind: 'read', status, readAt: Date.now() };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', reason: messageOf(error), readAt: Date.now() };
  }
}

export interface Preparation {
  a: Side;
  b: Side;
  checks: Check[];
  demotion: ClusterWrite;
  /** Its token is the dry run's until the demotion gave the real one. */
  promotion: ClusterWrite;
}

/** Reads both sides and what is around them, asks for rights, dry-runs both writes and runs the checks. Stores nothing. */
export async function preparePromotion(
  plan: PromotionPlan,
  apiOf: ApiOf,
  around: Surroundings,
  signal: AbortSignal,
  ask: Ask = asking,
): Promise<Preparation> {
  const [apiA, apiB] = [apiOf(plan.from), apiOf(plan.to)];
  const [nameA, nameB] = [plan.from, plan.to].map(({ name, context }) => `${name} (context ${context})`);
  const [a, b] = await Promise.all([
    ask(`how is ${nameA}`, readSide(apiA, plan.from, signal)),
    ask(`how is ${nameB}`, readSide(apiB, plan.to, signal)),
  ]);
  const demotion = demotionWrite(plan, a.cluster, b.cluster);
  const promotion = promotionWrite(plan, b.cluster, dryRunToken('1.30.0'));
  const [mayPatchA, mayPatchB, mayLookA, mayLookB, refusalA, refusalB, archiveOfB, archiveOfA, secrets] =
    await Promise.all([
      ask(`may you patch ${nameA}`, mayPatch(apiA, plan.from, signal)),
      ask(`may you patch ${nameB}`, mayPatch(apiB, plan.to, signal)),
      ask(`may you ask instances of ${nameA}`, mayLook(apiA, plan.from, signal)),
      ask(`may you ask instances of ${nameB}`, mayLook(apiB, plan.to, signal)),
      ask(`dry run of the demotion of ${nameA}`, refusal(apiA, demotion, signal)),
      ask(`dry run of the promotion of ${nameB}`, refusal(apiB, promotion, signal)),
      ask(
        `end of the archive that ${nameA} would read`,
        readArchive(around, plan.from, demoted(a.cluster, demotion), signal),
      ),
      ask(`end of the archive that ${nameB} reads`, readArchive(around, plan.to, b.cluster, signal)),
      ask(
        'passwords in Secrets of both sides',
        compareSecrets(
          around,
          { address: plan.from, cluster: a.cluster },
          { address: plan.to, cluster: b.cluster },
          signal,
        ),
      ),
    ]);
  const asked: AskedFacts = {
    plan,
    mayPatch: { a: mayPatchA, b: mayPatchB },
    mayLook: { a: mayLookA, b: mayLookB },
    dryRun: { a: refusalA, b: refusalB },
    known: { a: around.known(plan.from), b: around.known(plan.to) },
    otherPrimaries: around.otherPrimaries(plan.from, plan.to),
    reads: { a: archiveOfB, b: archiveOfA },
    secrets,
    lagLimit: around.lagLimit,
    at: Date.now(),
  };
  return { a, b, checks: preflight(a, b, asked), demotion, promotion };
}

/** As it will be: it then restores from the archive of the other side. */
const demoted = (cluster: Cluster, { patch }: ClusterWrite): Cluster => ({
  ...cluster,
  spec: { ...cluster.spec, replica: { ...cluster.spec.replica, ...patch.spec.replica, promotionToken: '' } },
});

const mayPatch = (api: Api, { namespace, name }: Address, signal: AbortSignal) =>
  api.canI({ verb: 'patch', group: 'postgresql.cnpg.io', resource: 'clusters', namespace, name }, signal);

const mayLook = (api: Api, { namespace }: Address, signal: AbortSignal) =>
  api.canI({ verb: 'get', group: '', resource: 'pods', subresource: 'proxy', namespace }, signal);

const refusal = (api: Api, write: ClusterWrite, signal: AbortSignal): Promise<string | undefined> =>
  refusalOf(sendPatch(api, write, true, signal), signal);

export interface PromotionEvents {
  /** Before each write and whenever the step or its evidence changed. */
  onStep(step: PromotionStep): void;
  /** Both sides, each time they were read. */
  onSides(a: Side, b: Side): void;
  /** The demotion token, at the moment it is first seen: keep it. */
  onToken(token: string): void;
  /** A passing trouble, for example a side that does not answer for now. */
  onTrouble(message: string): void;
}

export type PromotionOutcome =
  | { kind: 'completed'; issues: string[]; evidence: string }
  /** Nothing more can be done from here, or not within the time limit; the Clusters stay as they are. */
  | { kind: 'incomplete'; step: PromotionStepName; problem: string; remedy: string };

export interface RunOptions {
  /** Milliseconds between two looks. */
  interval: number;
  /** Milliseconds that one step may take before the run ends as incomplete. */
  stepLimit: number;
  /** Milliseconds without an answer of one side, once the token is known; then the run ends as incomplete: there is a way without it. */
  silenceLimit?: number;
  savedToken?: string | undefined;
  /**
   * The writes that the user has seen and confirmed. Each is sent once: if somebody undoes it meanwhile, the run ends
   * instead of doing it again.
   */
  confirmed: readonly ('demote' | 'promote')[];
  /**
   * Writes nothing itself: each write is handed out once, to be made in the manifests, and awaited in the Clusters as somebody
   * applies them.
   */
  handOut?: (step: PromotionStep & { kind: 'write' }) => void;
}

/** Milliseconds until what was handed out has to be applied: people review and merge. */
export const applyLimit = 4 * 60 * 60_000;

/**
 * Runs until the former primary follows. It may be called at any point of a switchover that was begun before; it starts
 * from what the Clusters say.
 * @param signal stops following; what was written stays written
 */
export async function runPromotion(
  plan: PromotionPlan,
  apiOf: ApiOf,
  events: PromotionEvents,
  options: RunOptions,
  signal: AbortSignal,
): Promise<PromotionOutcome> {
  let token = options.savedToken;
  let current: { step: string; since: number; shown: string } = { step: '', since: performance.now(), shown: '' };
  let readAt = performance.now();
  let formerReadAt = readAt;
  let nextReadAt = readAt;
  const allowed = new Set(options.confirmed);
  for (;;) {
    signal.throwIfAborted();
    const step = await look();
    const ended = step ? undefined : silent();
    if (ended) return ended;
    if (step?.kind === 'done') return { kind: 'completed', issues: step.issues, evidence: step.evidence };
    if (step?.kind === 'stuck')
      return { kind: 'incomplete', step: step.step, problem: step.problem, remedy: step.remedy };
    if (step?.kind === 'write' && options.handOut) {
      if (allowed.delete(step.step)) options.handOut(step);
      else if (performance.now() - current.since > applyLimit) return undone(step);
    } else if (step?.kind === 'write' && !allowed.has(step.step)) return undone(step);
    else if (step?.kind === 'write') await send(step);
    else if (performance.now() - (step ? current.since : readAt) > options.stepLimit) return timedOut(step);
    await pause(options.interval, signal);
  }

  /** @returns `undefined` when a side could not be read now */
  async function look(): Promise<PromotionStep | undefined> {
    try {
      const [a, b] = await Promise.all([
        readSide(apiOf(plan.from), plan.from, signal).then(side => {
          formerReadAt = performance.now();
          return side;
        }),
        readSide(apiOf(plan.to), plan.to, signal).then(side => {
          nextReadAt = performance.now();
          return side;
        }),
      ]);
      readAt = performance.now();
      events.onSides(a, b);
      const seen = a.cluster.status?.demotionToken;
      if (seen && seen !== token) events.onToken((token = seen));
      const step = nextStep(plan, a, b, token);
      show(step);
      return step;
    } catch (error) {
      signal.throwIfAborted();
      if (isFailure(error) && error.code === 'not-found') return gone(error);
      events.onTrouble(messageOf(error));
      return undefined;
    }
  }

  function show(step: PromotionStep): void {
    const name = 'step' in step ? step.step : 'done';
    const shown = JSON.stringify(step);
    if (name !== current.step) current = { step: name, since: performance.now(), shown: '' };
    if (shown !== current.shown) events.onStep(step);
    current.shown = shown;
  }

  async function send(step: PromotionStep & { kind: 'write' }): Promise<void> {
    try {
      const { warnings } = await sendPatch(apiOf(step.write.target), step.write, false, signal);
      allowed.delete(step.step);
      for (const warning of warnings) events.onTrouble(warning);
    } catch (error) {
      signal.throwIfAborted();
      // The object changed under us (its status does all the time): look again and decide anew.
      if (isFailure(error) && ['conflict', 'unreachable', 'throttled', 'server'].includes(error.code)) {
        events.onTrouble(error.message);
        if (performance.now() - current.since <= options.stepLimit) return;
      }
      throw error;
    }
  }

  function gone(error: Error): PromotionStep {
    return {
      kind: 'stuck',
      step: (current.step || 'demote') as PromotionStepName,
      problem: `One of the two Clusters is not there any more. ${error.message}`,
      remedy:
        'Find out who deleted it. If the replica cluster is gone, the demoted one can be primary again (CNPG: Return to the Old Primary…).',
    };
  }

  function undone(step: PromotionStep & { kind: 'write' }): PromotionOutcome {
    return {
      kind: 'incomplete',
      step: step.step,
      problem: `The next step would change ${step.write.target.name} once more, which was not confirmed: somebody else changed a role meanwhile. ${step.evidence}`,
      remedy: 'Look at both Clusters, then start the promotion again if it is still wanted.',
    };
  }

  /** Once the token is known there is a way without the side that is lost. When both are silent there is nothing to do but to wait. */
  function silent(): PromotionOutcome | undefined {
    const limit = options.silenceLimit ?? Infinity;
    const [former, next] = [formerReadAt, nextReadAt].map(at => performance.now() - at > limit);
    const step = (current.step || 'demote') as PromotionStepName;
    // A promotion that was written has no way back; before the first look at both nobody knows.
    const backIsOpen = ['', 'token', 'promote'].includes(current.step);
    if (!token || former === next || (next && !backIsOpen)) return undefined;
    const [lost, since] = former ? [plan.from, formerReadAt] : [plan.to, nextReadAt];
    const problem = `${lost.name} has not answered for ${formatDuration((performance.now() - since) / 1000)}`;
    return former
      ? {
          kind: 'incomplete',
          step,
          problem: `${problem}; its demotion token is saved.`,
          remedy: '"CNPG: Resume Promotion" goes on without its side: with the token nothing is lost.',
        }
      : {
          kind: 'incomplete',
          step,
          problem: `${problem}, and ${plan.from.name} is demoted.`,
          remedy: `"CNPG: Return to the Old Primary…" makes ${plan.from.name} primary again without any loss; "CNPG: Resume Promotion" goes on when ${plan.to.name} answers.`,
        };
  }

  function timedOut(step: PromotionStep | undefined): PromotionOutcome {
    const minutes = Math.round(options.stepLimit / 60_000);
    return {
      kind: 'incomplete',
      step: (step && 'step' in step ? step.step : current.step || 'demote') as PromotionStepName,
      problem:
        step?.kind === 'wait'
          ? `No progress within ${minutes} min. ${step.evidence}`
          : `A side could not be read within ${minutes} min.`,
      remedy:
        step?.kind === 'wait'
          ? step.stalled
          : 'Restore access to both sides, then resume: the run continues from what the Clusters say.',
    };
  }
}
