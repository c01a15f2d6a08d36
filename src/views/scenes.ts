/** What tree, status bar and notifications look at: made once for each change, with what has to be remembered between two. */
import * as vscode from 'vscode';
import type { Connections } from '../connections.ts';
import { momentOf } from '../model/moment.ts';
import type { Positions } from '../model/positions.ts';
import { addPositions } from '../model/positions.ts';
import { configuredBindings } from './bindings.ts';
import type { Scene } from './tree/node.ts';
import { sceneOf } from './tree/nodes.ts';

export interface Scenes extends vscode.Disposable {
  current(): Scene;
  onDidChange(listener: (scene: Scene) => void): vscode.Disposable;
}

/** Milliseconds: ages go on, and what is not read again becomes unknown, also when nothing else changes. */
const lookAgain = 15_000;

export function createScenes(connections: Connections): Scenes {
  let positions: Positions = new Map();
  const look = (): Scene => {
    const settings = vscode.workspace.getConfiguration('cnpg');
    const snapshots = connections.snapshots();
    positions = addPositions(positions, snapshots);
    const megabytes = settings.get<number>('lagLimit', 1024);
    return sceneOf(
      snapshots,
      momentOf(Date.now(), { positions, lagLimit: BigInt(Math.max(0, Math.round(megabytes))) * 1024n * 1024n }),
      configuredBindings(),
    );
  };
  let scene = look();
  const changed = new vscode.EventEmitter<Scene>();
  const refresh = (): void => {
    scene = look();
    changed.fire(scene);
  };
  const timer = setInterval(() => {
    if (scene.snapshots.some(({ state }) => state !== 'closed')) refresh();
  }, lookAgain);
  // The status bar shows the lag, and alarms come whether or not the view is open.
  connections.pollInstances('alarms', { all: true, closely: [] });
  const subscription = connections.onDidChange(refresh);
  const configuration = vscode.workspace.onDidChangeConfiguration(event => {
    if (event.affectsConfiguration('cnpg.lagLimit') || event.affectsConfiguration('cnpg.members')) refresh();
  });
  return {
    current: () => scene,
    onDidChange: listener => changed.event(listener),
    dispose() {
      clearInterval(timer);
      connections.pollInstances('alarms', undefined);
      subscription.dispose();
      configuration.dispose();
      changed.dispose();
    },
  };
}
