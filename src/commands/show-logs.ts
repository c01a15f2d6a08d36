import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import type { Connection } from '../kubernetes/contract.ts';
import { instancesOf } from '../model/instances.ts';
import type { LogBuffer, LogFilter } from '../model/log-buffer.ts';
import { createLogBuffer, filterWords, isWanted } from '../model/log-buffer.ts';
import { logLevels, plainLogLine } from '../model/log-line.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import { objectTitle } from '../model/object-reference.ts';
import { followLogs } from '../operations/follow-logs.ts';
import type { LogTerminal } from '../views/log-terminal.ts';
import { createLogTerminal } from '../views/log-terminal.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { logScheme } from './live-pages.ts';
import type { NodeArgument, ObjectArgument } from './pick-object.ts';
import { pickObjects } from './pick-object.ts';

/** Follows the log of an instance, or those of all instances of a Cluster as one, until its terminal is closed. */
export const showLogs =
  (connections: Connections, pages: TextDocuments) =>
  async (argument?: ObjectArgument, nodes?: readonly NodeArgument[]): Promise<void> => {
    const chosen = await pickObjects(connections, argument, nodes, 'Show Logs', ['Cluster', 'Pod']);
    for (const reference of chosen) {
      await connections.open(reference.context);
      follow(connections, reference, pages);
    }
  };

function follow(connections: Connections, reference: ObjectReference, pages: TextDocuments): void {
  const { context, name, namespace } = reference;
  const closing = new AbortController();
  const buffer = createLogBuffer();
  const pods = (): string[] => podsOf(connections, reference);
  const terminal: LogTerminal = createLogTerminal({
    name: `${name} logs (${context})`,
    buffer,
    instances: pods,
    ask: (about, filter) => askFor(about, filter, buffer),
    openDocument: filter => void openDocument(pages, reference, buffer, filter),
    closed: () => closing.abort(),
  });
  terminal.show();
  const sink = {
    lines(lines: Parameters<LogBuffer['add']>[0][]): void {
      for (const line of lines) buffer.add(line);
      terminal.update();
    },
    note: (text: string): void => terminal.note(text),
  };
  const source: Pick<Connection, 'logs' | 'onDidChange'> = {
    onDidChange: listener => connections.onDidChange(listener),
    // A context that was closed and opened again has another connection.
    logs: async (...asked) => (await connections.open(context)).logs(...asked),
  };
  void followLogs(source, { namespace, pods }, sink, closing.signal).then(() => terminal.dispose());
}

/** A Cluster's instances whose pods exist; they come and go. None while the context is closed. */
function podsOf(connections: Connections, { context, kind, namespace, name }: ObjectReference): string[] {
  const snapshot = connections.get(context)?.snapshot();
  if (!snapshot) return [];
  if (kind === 'Pod') return [name];
  const cluster = snapshot.clusters.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  return cluster ? instancesOf(cluster, snapshot).flatMap(({ pod }) => pod?.metadata.name ?? []) : [];
}

async function askFor(about: keyof LogFilter, filter: LogFilter, buffer: LogBuffer): Promise<LogFilter | undefined> {
  const { [about]: before, ...others } = filter;
  const value = about === 'text' ? await askForText(before) : await pickValue(about, valuesOf(about, buffer));
  if (value === undefined) return undefined;
  return value === '' ? others : { ...others, [about]: value };
}

const askForText = (before: string | undefined): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: 'Filter by text',
    prompt: 'Lines that contain it are shown, in upper or lower case. Empty: all.',
    ...(before !== undefined && { value: before }),
  });

function valuesOf(about: 'level' | 'logger' | 'instance', buffer: LogBuffer): readonly string[] {
  if (about === 'level') return logLevels;
  return [...new Set(buffer.lines().map(line => line[about]))].filter(Boolean).sort();
}

async function pickValue(about: string, values: readonly string[]): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      { label: 'All', value: '' },
      ...values.map(value => ({
        label: value,
        value,
        ...(about === 'level' && value !== 'error' && { description: 'and worse' }),
      })),
    ],
    { title: `Filter by ${about}` },
  );
  return picked?.value;
}

/** All lines that are kept and wanted, to search, copy and save. */
async function openDocument(
  pages: TextDocuments,
  reference: ObjectReference,
  buffer: LogBuffer,
  filter: LogFilter,
): Promise<void> {
  const all = buffer.lines();
  const lines = all.filter(line => isWanted(line, filter));
  const width = Math.max(0, ...[...new Set(lines.map(({ instance }) => instance))].map(instance => instance.length));
  const words = filterWords(filter);
  const head = [
    `Log of ${objectTitle(reference)} at ${new Date().toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    `${lines.length} of the latest ${all.length} lines${words === '' ? '' : `: ${words}`}`,
  ];
  const uri = vscode.Uri.from({
    scheme: logScheme,
    path: `/${reference.name} (${reference.context.replaceAll('/', '∕')}).log`,
    query: String(Date.now()),
  });
  pages.set(uri, [...head, '', ...lines.map(line => plainLogLine(line, width)), ''].join('\n'));
  await pages.show(uri, 'cnpg-log');
}
