import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { messageOf } from '../errors.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import type { PortForward, PortForwardOptions } from '../port-forwarding.ts';
import type { ObjectArgument } from './pick-object.ts';
import { pickObject } from './pick-object.ts';
import { podFor } from './pod-behind.ts';

const postgresPort = 5432;

export interface PortForwards extends vscode.Disposable {
  start(argument?: ObjectArgument): Promise<void>;
  /** Copies the address of one, or stops it. @param id of a status bar item; without one the user picks */
  manage(id?: unknown): Promise<void>;
}

interface Running {
  reference: ObjectReference;
  forward: PortForward;
  item: vscode.StatusBarItem;
}

/** Local ports to PostgreSQL in pods. They end with the window. */
export function createPortForwards(
  connections: Connections,
  listen: (options: PortForwardOptions) => Promise<PortForward>,
  log: vscode.LogOutputChannel,
): PortForwards {
  const running = new Map<number, Running>();
  let told = 0;

  async function start(argument?: ObjectArgument): Promise<void> {
    const reference = await pickObject(connections, argument, 'Port Forward', ['Cluster', 'Pod', 'Service']);
    const port = reference && (await askForPort(reference));
    if (!reference || port === undefined) return;
    const { context, namespace, name } = reference;
    // Who is behind a service may change: each connection goes where the service would send it then.
    podFor(reference, (await connections.open(context)).snapshot());
    const forward = await listen({
      port,
      async open(signal) {
        const connection = await connections.open(context);
        return connection.portForward(namespace, podFor(reference, connection.snapshot()), postgresPort, signal);
      },
      changed: () => show(forward.port),
      failed(error) {
        log.error(`port forward to ${name}: ${messageOf(error)}`);
        // A client that tries again and again must not fill the screen.
        if (Date.now() - told < 10_000) return;
        told = Date.now();
        void vscode.window.showErrorMessage(messageOf(error), 'Show Log').then(answer => answer && log.show());
      },
    });
    const item = vscode.window.createStatusBarItem(`cnpg.portForward.${forward.port}`, vscode.StatusBarAlignment.Left);
    item.name = `Port forward to ${name}`;
    item.command = { command: 'cnpg.managePortForwards', title: 'Manage', arguments: [forward.port] };
    running.set(forward.port, { reference, forward, item });
    show(forward.port);
    item.show();
    await offerAddress(reference, forward);
  }

  function show(port: number): void {
    const known = running.get(port);
    if (!known) return;
    const { forward, item, reference } = known;
    const open = forward.connections();
    item.text = `$(plug) ${plainLabel(reference.name)} → 127.0.0.1:${port}${open === 0 ? '' : ` (${open})`}`;
    const tooltip = new vscode.MarkdownString();
    tooltip.appendText(
      `127.0.0.1:${port} leads to ${reference.kind} ${reference.name} in context ${reference.context}. ${open} open connection${open === 1 ? '' : 's'}. Click to copy the address or to stop.`,
    );
    item.tooltip = tooltip;
  }

  function stop(port: number): void {
    const known = running.get(port);
    known?.forward.stop();
    known?.item.dispose();
    running.delete(port);
  }

  async function pick(): Promise<Running | undefined> {
    if (running.size === 0) {
      void vscode.window.showInformationMessage('No port is forwarded. "CNPG: Port Forward…" begins.');
      return undefined;
    }
    const picked = await vscode.window.showQuickPick(
      [...running.values()].map(each => ({
        label: `127.0.0.1:${each.forward.port}`,
        description: `${each.reference.kind} ${each.reference.name} · context ${each.reference.context}`,
        each,
      })),
      { title: 'Port Forwards' },
    );
    return picked?.each;
  }

  async function manage(id?: unknown): Promise<void> {
    const known = typeof id === 'number' ? running.get(id) : await pick();
    if (!known) return;
    const { forward, reference } = known;
    const copy = 'Copy Address';
    const stopIt = 'Stop';
    const picked = await vscode.window.showQuickPick(
      [
        { label: copy, description: `127.0.0.1:${forward.port}` },
        { label: stopIt, description: connectionsWords(forward.connections()) },
      ],
      { title: `${reference.name} → 127.0.0.1:${forward.port}` },
    );
    if (picked?.label === copy) await vscode.env.clipboard.writeText(`127.0.0.1:${forward.port}`);
    if (picked?.label === stopIt) stop(forward.port);
  }

  return {
    start,
    manage,
    dispose: () => {
      for (const port of running.keys()) stop(port);
    },
  };
}

const connectionsWords = (open: number): string =>
  open === 0 ? 'no open connection' : `ends ${open} open connection${open === 1 ? '' : 's'}`;

/** `$(name)` in a status bar text is an icon. */
const plainLabel = (name: string): string => name.replaceAll('$(', '$ (');

async function askForPort({ name }: ObjectReference): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    title: `Port forward to ${name}`,
    prompt: `Port of this machine (127.0.0.1) that leads to PostgreSQL, port ${postgresPort}. 0: any free one.`,
    value: '0',
    validateInput: text =>
      /^\d{1,5}$/.test(text) && Number(text) < 65_536 ? undefined : 'Type a number from 0 to 65535.',
  });
  return typed === undefined ? undefined : Number(typed);
}

async function offerAddress({ name }: ObjectReference, { port }: PortForward): Promise<void> {
  const address = `127.0.0.1:${port}`;
  const answer = await vscode.window.showInformationMessage(
    `${address} leads to PostgreSQL behind ${name} until this window closes.`,
    'Copy Address',
  );
  if (answer) await vscode.env.clipboard.writeText(address);
}
