/** Every operation inside a Cluster goes this way: checks, the page, the confirmation, the write, the end. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { Failure } from '../errors.ts';
import { addressKey } from '../model/kubernetes.ts';
import type { RunEntry } from '../model/run-history.ts';
import { checkWords } from '../operations/checks-text.ts';
import { blocking } from '../operations/checks.ts';
import type { OperationPage } from '../operations/operation-text.ts';
import { outcomeWords, progressWords, renderOperation } from '../operations/operation-text.ts';
import type { Operation } from '../operations/operation.ts';
import type { OperationApi, OperationOutcome, Prepared } from '../operations/run-operation.ts';
import {
  faultWords,
  followedNoLonger,
  forManifests,
  prepareOperation,
  runOperation,
  throwIfBlocked,
} from '../operations/run-operation.ts';
import { applyLimit } from '../operations/run.ts';
import type { Write } from '../operations/write.ts';
import { requestLine } from '../operations/write.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { abortSignalOf } from './cancellation.ts';
import { checking } from './checking.ts';
import type { ManifestDependencies, ReplicaValues } from './edit-manifests.ts';
import { handOver } from './edit-manifests.ts';
import type { Way } from './pick-way.ts';
import { pickWay } from './pick-way.ts';
import { refuseWhenReadOnly } from './read-only.ts';
import type { RunHistory } from './run-history.ts';
import { placeOf } from './run-history.ts';

export const operationScheme = 'cnpg-operation';
export const forgottenOperation =
  '# This page is from an earlier window.\n# Run its command again to go on from what the Cluster says.\n';

export interface OperationDependencies {
  connections: Connections;
  manifests: ManifestDependencies;
  documents: TextDocuments;
  history: RunHistory;
  log: vscode.LogOutputChannel;
}

/** Milliseconds: shutdowns may take `spec.stopDelay`, half an hour. */
const times = { interval: 1000, limit: 35 * 60_000, writeLimit: 30_000, recheck: 30_000 };

/** Operations that are being carried out in this window. */
const running = new Set<string>();

/**
 * @param verb on the button of the confirmation, for example `Fence`
 * @param way absent: the user is asked when a tool that applies manifests owns what is to be changed
 */
export async function operate(
  deps: OperationDependencies,
  operation: Operation,
  verb: string,
  way?: Way,
): Promise<OperationOutcome | undefined> {
  const key = `${addressKey(operation.target)} ${operation.title}`;
  if (running.has(key))
    throw new Failure('running', {
      what: `${operation.title}: it is being done already`,
      why: 'One run at a time.',
      remedy: 'Follow it on its page.',
    });
  running.add(key);
  try {
    return await fromChecksToEnd(deps, operation, verb, way);
  } finally {
    running.delete(key);
  }
}

async function fromChecksToEnd(
  deps: OperationDependencies,
  operation: Operation,
  verb: string,
  wanted: Way | undefined,
): Promise<OperationOutcome | undefined> {
  refuseWhenReadOnly(operation.title);
  const api = apiOf(deps.connections, operation);
  let way = wanted;
  let prepared = await checking(operation.title, (signal, ask) => prepareOperation(operation, api, signal, ask));
  while (prepared) {
    const page: OperationPage = { operation, prepared, log: [] };
    await showPage(deps, page);
    way ??= rolesIn(prepared.write) ? await pickWay(operation.title, prepared.owner) : 'live';
    if (!way) return undefined;
    if (way === 'manifests') {
      page.byManifests = true;
      page.prepared = prepared = forManifests(prepared);
      await showPage(deps, page);
    }
    throwIfBlocked(operation.title, prepared.checks);
    if (prepared.write && !(await confirmed(page, prepared, verb))) return undefined;
    const outcome = await carryOut(deps, page, operation, api, prepared);
    if (outcome?.kind !== 'changed') return outcome;
    void vscode.window.showWarningMessage(outcomeWords(operation.title, outcome));
    prepared = outcome.prepared;
  }
  return undefined;
}

/** What a write sets in `spec.replica`; `undefined`: it is another write, which manifests are not edited for. */
function rolesIn(write: Write | undefined): ReplicaValues | undefined {
  if (write?.verb !== 'patch' || write.kind !== 'Cluster') return undefined;
  const { spec } = write.patch as { spec?: { replica?: ReplicaValues } };
  return spec?.replica;
}

function apiOf(connections: Connections, { target, title }: Operation): OperationApi {
  const connection = connections.get(target.context);
  if (connection) return connection;
  throw new Failure('not-connected', {
    what: `${title}: nothing was done`,
    why: `Context ${target.context} is not connected.`,
    remedy: 'Connect it and run the command again.',
  });
}

/** Typed where service is interrupted, and differently where a check has to be overridden. */
async function confirmed(page: OperationPage, prepared: Prepared, verb: string): Promise<boolean> {
  const { operation, byManifests } = page;
  const overridden = blocking(prepared.checks);
  if (overridden.length === 0 && !prepared.interrupts) return pressed(page, prepared, verb);
  const { name, context } = operation.target;
  const words = prepared.sentence ?? name;
  const wanted = overridden.length > 0 ? `${words} anyway` : words;
  const typed = await vscode.window.showInputBox({
    title: `${operation.title} (${warnings(prepared)})`,
    prompt: [
      ...overridden.map(check => `${checkWords(check)}.`),
      `${prepared.meaning} Type "${wanted}" to confirm the ${byManifests ? 'change of its manifest' : 'write'} shown on the page, in context ${context}.`,
    ].join(' '),
    placeHolder: wanted,
    ignoreFocusOut: true,
    validateInput: value =>
      value === wanted || value === '' ? undefined : `Type "${wanted}" to confirm, or press Escape.`,
  });
  return typed === wanted;
}

async function pressed({ operation, byManifests }: OperationPage, prepared: Prepared, verb: string): Promise<boolean> {
  const unfulfilled = prepared.checks.filter(({ outcome }) => outcome !== 'ok');
  const answer = await vscode.window.showWarningMessage(
    `${operation.title}?`,
    {
      modal: true,
      detail: [
        prepared.meaning,
        ...unfulfilled.map(check => `${checkWords(check)}. ${check.remedy}`),
        ...(prepared.write
          ? [
              [
                byManifests ? `In the manifest of ${operation.target.name}:` : requestLine(prepared.write),
                // A whole manifest is on the page.
                ...prepared.write.changes
                  .filter(({ to }) => !to.includes('\n'))
                  .map(({ field, from, to }) =>
                    prepared.write?.verb === 'create' ? `${field}: ${to}` : `${field}: ${from} → ${to}`,
                  ),
              ].join('\n'),
              ...(byManifests ? [] : ['Dry run: the API server accepts it.']),
            ]
          : []),
      ].join('\n\n'),
    },
    verb,
  );
  return answer === verb;
}

function warnings({ checks }: Prepared): string {
  const count = checks.filter(({ outcome }) => outcome !== 'ok').length;
  return count === 0 ? 'all checks passed' : `${count} warning${count === 1 ? '' : 's'} on the page`;
}

function carryOut(
  deps: OperationDependencies,
  page: OperationPage,
  operation: Operation,
  api: OperationApi,
  prepared: Prepared,
): Thenable<OperationOutcome | undefined> {
  const { title } = operation;
  const show = (): void => deps.documents.set(pageUri(operation), renderOperation(page));
  const note = (text: string): void => {
    if (page.log.at(-1)?.text !== text) page.log.push({ at: new Date(), text });
    deps.log.info(`${title}: ${text}`);
    show();
  };
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, cancellation) => {
      const signal = abortSignalOf(cancellation);
      const over = new AbortController();
      const handOut = (write: Write): void => {
        const replica = rolesIn(write);
        if (!replica) return;
        note(
          `Not written from here: the manifest of ${operation.target.name} is edited, and awaited as it is applied.`,
        );
        progress.report({ message: 'waits until its manifest is applied' });
        handOver(deps.manifests, operation.target, replica, title, over.signal);
      };
      try {
        const outcome = await runOperation(
          operation,
          api,
          prepared,
          {
            onWritten: write => {
              page.written = new Date();
              note(page.byManifests ? 'The manifest was applied.' : `Requested: ${requestLine(write)}`);
            },
            onProgress: seen => {
              page.progress = seen;
              progress.report({ message: progressWords(seen) });
              note(progressWords(seen));
            },
            onTrouble: message => note(`Trouble: ${message}`),
          },
          {
            ...times,
            limit: operation.limit ?? times.limit,
            ...(page.byManifests && { byManifests: { handOut, limit: applyLimit, recheck: times.recheck } }),
          },
          signal,
        );
        page.outcome = outcome;
        show();
        await record(deps, page, operation);
        say(outcomeWords(title, outcome), outcome);
        return outcome;
      } catch (error) {
        await record(deps, page, operation);
        if (!signal.aborted) {
          note(faultWords(error, page.written !== undefined));
          throw error;
        }
        note(
          page.written
            ? followedNoLonger(operation.target)
            : page.byManifests
              ? 'No longer followed. If the manifest was edited and is not to be applied any more, revert it.'
              : 'Cancelled before it was known whether the write arrived: look at the Cluster.',
        );
        return undefined;
      } finally {
        over.abort();
      }
    },
  );
}

function say(words: string, outcome: OperationOutcome): void {
  if (outcome.kind === 'incomplete') void vscode.window.showErrorMessage(words);
  else if (outcome.kind === 'completed' && outcome.issues.length > 0) void vscode.window.showWarningMessage(words);
  else if (outcome.kind === 'completed') void vscode.window.showInformationMessage(words);
}

async function showPage(deps: OperationDependencies, page: OperationPage): Promise<void> {
  deps.documents.set(pageUri(page.operation), renderOperation(page));
  await deps.documents.show(pageUri(page.operation), 'markdown');
}

const pageUri = ({ title, target }: Pick<Operation, 'title' | 'target'>): vscode.Uri =>
  vscode.Uri.from({ scheme: operationScheme, path: `/${title.replaceAll('/', ' ')}.md`, query: addressKey(target) });

/** Only what changes the roles of a topology goes into its history. */
async function record(
  deps: OperationDependencies,
  { outcome, prepared, written, progress }: OperationPage,
  operation: Operation,
) {
  const { history } = prepared;
  if (!history || outcome?.kind === 'changed' || !written) return;
  const { target, title } = operation;
  const endedAt = new Date();
  const issues = outcome?.kind === 'completed' ? outcome.issues : [];
  const end: Pick<RunEntry, 'outcome' | 'evidence'> =
    outcome?.kind === 'completed'
      ? { outcome: issues.length > 0 ? 'completed with issues' : 'completed', evidence: outcome.evidence }
      : outcome
        ? { outcome: 'incomplete', evidence: outcome.problem }
        : { outcome: 'no longer followed', evidence: progress ? progressWords(progress) : 'It was requested.' };
  const timeline = /on timeline (\d+)/.exec(end.evidence)?.[1];
  deps.history.add({
    kind: history.kind,
    topology: [target.name, history.partner].toSorted(),
    from: history.partner,
    to: placeOf(target),
    by: deps.history.actor([target.context]),
    startedAt: written.toISOString(),
    endedAt: endedAt.toISOString(),
    ...end,
    issues,
    steps: [{ title, seconds: (endedAt.getTime() - written.getTime()) / 1000 }],
    timelines: { before: history.timeline, after: timeline === undefined ? undefined : Number(timeline) },
    lsn: history.lsn,
    loss: history.loss,
  });
}
