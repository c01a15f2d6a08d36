import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Connections } from '../../connections.ts';
import type { Address } from '../../model/kubernetes.ts';
import { sameAddress } from '../../model/kubernetes.ts';
import type { Topology } from '../../model/topology.ts';
import { findTopologies } from '../../model/topology.ts';
import type { ToWebview } from './messages.ts';
import { parseFromWebview } from './messages.ts';
import { drawTopology } from './picture.ts';
import { configuredBindings } from '../bindings.ts';

/** Shows the picture of the topology to which `address` belongs; it follows the Clusters until it is closed. */
export function showTopologyPanel(extension: vscode.Uri, connections: Connections, address: Address): void {
  const panel = vscode.window.createWebviewPanel(
    'cnpg.topology',
    `Topology of ${address.name}`,
    vscode.ViewColumn.Active,
    {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extension, 'dist')],
    },
  );
  const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview.js'));
  panel.webview.html = page(panel.webview.cspSource, script.toString(), randomUUID());

  const viewer = `picture ${randomUUID()}`;
  let shown = '';
  function update(): void {
    const message = messageFor(connections, address);
    const text = JSON.stringify(message);
    if (text === shown) return;
    shown = text;
    void panel.webview.postMessage(message);
  }
  const changes = connections.onDidChange(update);
  panel.webview.onDidReceiveMessage((value: unknown) => {
    const message = parseFromWebview(value);
    if (message?.type === 'ready') {
      shown = '';
      update();
    }
    if (message?.type === 'promote')
      void vscode.commands.executeCommand('cnpg.promoteReplicaCluster', { address: message.address });
    if (message?.type === 'fail-over')
      void vscode.commands.executeCommand('cnpg.failOverToReplicaCluster', { address: message.address });
    if (message?.type === 'open-archive')
      void vscode.commands.executeCommand('cnpg.openWalArchive', {
        address: message.address,
        archive: message.archive,
      });
  });
  const look = (): void =>
    connections.pollInstances(viewer, panel.visible ? { all: false, closely: 'all' } : undefined);
  panel.onDidChangeViewState(look);
  look();
  panel.onDidDispose(() => {
    changes.dispose();
    connections.pollInstances(viewer, undefined);
  });
}

function messageFor(connections: Connections, address: Address): ToWebview {
  const snapshots = connections.snapshots();
  const topology = findTopologies(snapshots, configuredBindings()).find(t =>
    t.members.some(m => sameAddress(m.address, address)),
  );
  if (topology) return { type: 'picture', picture: drawTopology(topology, snapshots) };
  return {
    type: 'gone',
    words: `${address.name} in context ${address.context} is in no topology that can be seen now. Connect both contexts.`,
  };
}

/** Any member's address stands for its topology. */
export const topologyAddress = (topology: Topology | undefined): Address | undefined => topology?.members[0]?.address;

const page = (source: string, script: string, nonce: string): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}' ${source}; style-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Topology</title>
<style nonce="${nonce}">
  body { padding: 0; margin: 0; color: var(--vscode-editor-foreground); }
  main { padding: 8px; }
  svg { width: 100%; height: auto; max-height: 92vh; font-family: var(--vscode-font-family); }
  text { fill: var(--vscode-editor-foreground); font-size: 14px; text-anchor: middle; }
  .title { font-size: 17px; font-weight: 600; }
  .role { font-weight: 600; }
  .small { font-size: 12px; fill: var(--vscode-descriptionForeground); }
  .shape { fill: var(--vscode-editor-background); stroke-width: 2; }
  .box .shape { stroke: var(--vscode-editor-foreground); stroke-dasharray: 2 6; rx: 12; fill: none; }
  .service .shape { stroke: var(--vscode-charts-blue); }
  .instance .shape { stroke: var(--vscode-charts-red); }
  .archive .shape { stroke: var(--vscode-charts-yellow, currentColor); }
  .edge path { fill: none; stroke-width: 2; }
  .edge .head { stroke: none; }
  .serves { color: var(--vscode-charts-blue); }
  .streaming { color: var(--vscode-charts-blue); } .streaming path.line { stroke-dasharray: 8 5; }
  .cross-streaming, .restore_command { color: var(--vscode-charts-green); } .cross-streaming path.line, .restore_command path.line { stroke-dasharray: 2 5; }
  .archive_command { color: var(--vscode-charts-red); } .archive_command path.line { stroke-dasharray: 2 5; }
  .edge path { stroke: currentColor; } .edge .head { fill: currentColor; }
  .state-unknown { opacity: .55; } .state-broken .shape, .state-broken path { stroke-width: 4; }
  .label { paint-order: stroke; stroke: var(--vscode-editor-background); stroke-width: 5px; font-size: 13px; }
  [role=button] { cursor: pointer; } [role=button]:focus-visible { outline: 2px solid var(--vscode-focusBorder); }
  [role=button]:hover .shape { fill: var(--vscode-list-hoverBackground); }
  .promote rect { fill: var(--vscode-button-background); stroke: var(--vscode-contrastBorder, transparent); } .promote text { fill: var(--vscode-button-foreground); font-size: 13px; }
  .visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
</style>
</head>
<body><main id="picture" aria-live="polite">Loading…</main><script nonce="${nonce}" src="${script}"></script></body>
</html>`;
