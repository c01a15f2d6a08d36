/** Where pictures are: editor tabs, one for each topology, and a view in the panel. They follow the Clusters until they are closed. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Connections } from '../../connections.ts';
import type { Topology } from '../../model/topology.ts';
import { membersOf } from '../../model/topology.ts';
import type { Scenes } from '../scenes.ts';
import type { Scene } from '../tree/node.ts';
import type { Beside } from './draw.ts';
import { drawTopology } from './draw.ts';
import { mermaidOf } from './mermaid.ts';
import type { FromWebview, Subject, ToWebview } from './messages.ts';
import { panelViewId, parseFromWebview, parseSubject, viewType } from './messages.ts';
import { page } from './page.ts';
import type { Manifests } from './manifests.ts';
import type { Item, Picture, Progress } from './picture.ts';
import { changesBetween } from './picture.ts';
import type { WrittenTopology } from '../../model/written-topology.ts';
import { isOf, together, writtenId } from './written.ts';

export interface PictureDependencies {
  extension: vscode.Uri;
  connections: Connections;
  scenes: Scenes;
  manifests: Manifests;
  /** Of a promotion under way. */
  progressOf: (topology: Topology) => Progress | undefined;
  listings: {
    readingOf: NonNullable<Beside['listed']>;
    onDidRead: vscode.Event<void>;
  };
}

export interface TopologyPanels extends vscode.Disposable {
  show(subject: Subject): void;
  /** Beside the terminal; there is one such picture at a time. */
  showInPanel(subject: Subject): Promise<void>;
  /** In the pictures that are shown; `undefined`: it is in none of them. */
  find(id: string): Item | undefined;
}

/** @param memory keeps which topology the panel shows, over a reload of the window */
export function createTopologyPanels(deps: PictureDependencies, memory: vscode.Memento): TopologyPanels {
  const open = new Map<vscode.WebviewPanel, { subject: Subject; served: Served }>();
  const adopt = (panel: vscode.WebviewPanel, subject: Subject): void => {
    panel.onDidDispose(() => open.delete(panel));
    open.set(panel, { subject, served: serve(deps, inTab(panel), subject) });
  };
  const serializer = vscode.window.registerWebviewPanelSerializer(viewType, {
    deserializeWebviewPanel(panel, state: unknown) {
      const subject = parseSubject(state);
      if (subject) adopt(panel, subject);
      else panel.dispose();
      return Promise.resolve();
    },
  });
  const panelView = createPanelView(deps, memory);
  return {
    show(subject) {
      const key = keyOf(subject, deps);
      const same = [...open].find(([, other]) => keyOf(other.subject, deps) === key);
      if (same) return same[0].reveal();
      const title = `Topology of ${subject.name}`;
      adopt(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active), subject);
    },
    showInPanel: subject => panelView.show(subject),
    find(id) {
      const shown = [...[...open.values()].map(({ served }) => served.shown()), panelView.shown()];
      return shown.flatMap(picture => picture?.items ?? []).find(item => item.id === id);
    },
    dispose() {
      serializer.dispose();
      panelView.dispose();
    },
  };
}

interface PanelView extends vscode.Disposable {
  show(subject: Subject): Promise<void>;
  shown(): Picture | undefined;
}

/** It is always at hand in the panel: a view that comes and goes would not be there after a reload. */
function createPanelView(deps: PictureDependencies, memory: vscode.Memento): PanelView {
  let view: vscode.WebviewView | undefined;
  let served: Served | undefined;
  let subject = parseSubject(memory.get(panelViewId));
  function fill(): void {
    served?.dispose();
    served = undefined;
    if (!view) return;
    if (!subject) {
      view.webview.html = nothingChosen;
      return;
    }
    view.description = subject.name;
    served = serve(deps, inPanel(view), subject);
  }
  const provider = vscode.window.registerWebviewViewProvider(panelViewId, {
    resolveWebviewView(resolved) {
      view = resolved;
      resolved.onDidDispose(() => {
        served?.dispose();
        [view, served] = [undefined, undefined];
      });
      fill();
    },
  });
  return {
    async show(wanted) {
      subject = wanted;
      await memory.update(panelViewId, wanted);
      fill();
      await vscode.commands.executeCommand(`${panelViewId}.focus`);
    },
    shown: () => served?.shown(),
    dispose: () => provider.dispose(),
  };
}

const nothingChosen = `<!doctype html><html lang="en"><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head>
<body><p>No topology is shown here yet. Run "CNPG: Show Topology in Panel" from the command palette.</p></body></html>`;

/** What VS Code calls differently in a tab and in a view. */
interface Place {
  webview: vscode.Webview;
  isVisible: () => boolean;
  onDidChange: vscode.Event<unknown>;
  onDidDispose: vscode.Event<void>;
}

const inTab = (panel: vscode.WebviewPanel): Place => ({
  webview: panel.webview,
  isVisible: () => panel.visible,
  onDidChange: panel.onDidChangeViewState,
  onDidDispose: panel.onDidDispose,
});

const inPanel = (view: vscode.WebviewView): Place => ({
  webview: view.webview,
  isVisible: () => view.visible,
  onDidChange: view.onDidChangeVisibility,
  onDidDispose: view.onDidDispose,
});

interface Served extends vscode.Disposable {
  /** `undefined`: nothing yet, or nothing any more. */
  shown(): Picture | undefined;
}

/** Ends with its place, or when it is disposed of. */
function serve(deps: PictureDependencies, place: Place, subject: Subject): Served {
  const { extension, connections, scenes, manifests, listings } = deps;
  const { webview } = place;
  const viewer = `picture ${randomUUID()}`;
  let shown: Picture | undefined;
  let ready = false;
  const send = (message: ToWebview): void => void webview.postMessage(message);
  function update(): void {
    // What is hidden is shown whole when it is seen again.
    if (!ready || !place.isVisible()) return;
    const picture = pictureOf(subject, deps);
    if (!picture) send({ type: 'gone', words: goneWords(subject), subject });
    else if (!shown) send({ type: 'picture', picture, subject });
    else {
      const changes = changesBetween(shown, picture);
      if (changes) send({ type: 'changes', changes });
    }
    shown = picture;
  }
  let visible: boolean | undefined;
  // Told of each change of the focus too, which changes nothing of the picture.
  const look = (): void => {
    if (visible === place.isVisible()) return;
    visible = place.isVisible();
    connections.pollInstances(viewer, visible ? { all: false, closely: 'all' } : undefined);
    // Nobody tells whether the page was left alone meanwhile or is made anew: then it says once more that it is ready.
    shown = undefined;
    update();
  };
  const following = vscode.Disposable.from(
    scenes.onDidChange(update),
    manifests.follow(update),
    listings.onDidRead(update),
    place.onDidChange(look),
    webview.onDidReceiveMessage((value: unknown) => {
      const message = parseFromWebview(value);
      if (message?.type === 'ready') {
        [ready, shown] = [true, undefined];
        update();
      } else if (message) void answer(message, shown);
    }),
    { dispose: () => connections.pollInstances(viewer, undefined) },
  );
  webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extension, 'dist')] };
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview.js'));
  webview.html = page(webview.cspSource, script.toString(), randomUUID());
  look();
  place.onDidDispose(() => following.dispose());
  return { shown: () => shown, dispose: () => following.dispose() };
}

async function answer(message: Exclude<FromWebview, { type: 'ready' }>, shown: Picture | undefined): Promise<void> {
  if (message.type === 'connect') await vscode.commands.executeCommand('cnpg.connect');
  if (!shown) return;
  if (message.type === 'run') {
    const item = shown.items.find(({ id }) => id === message.item);
    const action = item?.actions.find(({ command }) => command === message.command);
    if (action) await vscode.commands.executeCommand(action.command, item?.target);
  }
  if (message.type === 'copy-mermaid') {
    await vscode.env.clipboard.writeText(mermaidOf(shown, new Date()));
    void vscode.window.showInformationMessage('The topology was copied as a Mermaid flowchart.');
  }
  if (message.type === 'save') await save(message, shown);
}

async function save(
  { format, data }: Extract<FromWebview, { type: 'save' }>,
  { title }: Pick<Picture, 'title'>,
): Promise<void> {
  const name = `${title.replace(/[^\w.-]+/g, '-')}-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}.${format}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = await vscode.window.showSaveDialog({
    title: 'Save Topology',
    filters: format === 'svg' ? { SVG: ['svg'] } : { PNG: ['png'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (file) await vscode.workspace.fs.writeFile(file, Buffer.from(data, format === 'svg' ? 'utf8' : 'base64'));
}

/** The topology with this Cluster, observed and written; one without a partner stands alone. */
function pictureOf(
  subject: Subject,
  { scenes, manifests, progressOf, listings }: PictureDependencies,
): Picture | undefined {
  const scene = scenes.current();
  const observed = topologyOf(subject, scene);
  const written = writtenOf(subject, observed, manifests.current());
  const all = together(observed, written, uri => vscode.workspace.asRelativePath(vscode.Uri.parse(uri)));
  return (
    all &&
    drawTopology(
      all.topology,
      { ...scene, snapshots: [...scene.snapshots, ...all.snapshots] },
      { written: all.written, progress: progressOf(all.topology), listed: listings.readingOf },
    )
  );
}

/** Same for all members of a topology. */
function keyOf(subject: Subject, { scenes, manifests }: PictureDependencies): string {
  const observed = topologyOf(subject, scenes.current());
  const written = writtenOf(subject, observed, manifests.current());
  return observed?.id ?? (written ? writtenId(written) : JSON.stringify(subject));
}

function topologyOf(subject: Subject, { topologies, snapshots }: Scene): Topology | undefined {
  const isMeant = ({ address }: Topology['members'][number]): boolean =>
    address.name === subject.name &&
    (subject.namespace === undefined || address.namespace === subject.namespace) &&
    (subject.context === undefined || address.context === subject.context);
  const found = topologies.find(({ members }) => members.some(isMeant));
  if (found) return found;
  const alone = snapshots.flatMap(membersOf).find(isMeant);
  if (!alone) return undefined;
  const source = alone.cluster.spec.replica?.source;
  const follows = source !== undefined && alone.cluster.spec.replica?.enabled !== false;
  return { id: alone.name, members: [alone], missing: follows ? [source] : [], ambiguous: new Map() };
}

/** The manifests of what is observed; of what is not, those with the subject's name. */
function writtenOf(
  { name, namespace }: Subject,
  observed: Topology | undefined,
  written: readonly WrittenTopology[],
): WrittenTopology | undefined {
  if (observed) return written.find(({ members }) => members.some(each => observed.members.some(m => isOf(each, m))));
  return written.find(({ members }) =>
    members.some(
      ({ cluster, namespace: own }) =>
        cluster.metadata.name === name && (namespace === undefined || own === undefined || own === namespace),
    ),
  );
}

const goneWords = ({ name, context }: Subject): string =>
  `${name}${context === undefined ? '' : ` in context ${context}`} cannot be seen now, and no manifest of it was found. Connect the Kubernetes contexts of the topology.`;
