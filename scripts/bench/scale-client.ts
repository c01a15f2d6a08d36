/** The client's side of `scale.ts` in a process of its own: connections and the tree, refreshed as the extension does. */
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createConnections } from '../../src/connections.ts';
import * as room from '../../src/kubernetes/index.ts';
import { changedNodes } from '../../src/views/tree/changes.ts';
import { unfold } from '../../src/views/tree/node.ts';
import type { TreeNode } from '../../src/views/tree/nodes.ts';
import { sceneOf, treeOf } from '../../src/views/tree/nodes.ts';

export type FromClient =
  | { type: 'idle' }
  | { type: 'filled'; milliseconds: number; nodes: number }
  | {
      type: 'measured';
      cpuShare: number;
      refreshes: number;
      refreshMedian: number;
      refreshLongest: number;
      nodes: number;
      /** Megabytes of the heap that are in use after a collection. */
      inUse: number;
    };

const [file = '', ...contexts] = process.argv.slice(2);
const connections = createConnections({
  room: () => Promise.resolve(room),
  files: () => [file],
  wanted: () => [],
  allowExecPlugins: () => false,
  log: () => undefined,
});

/** The process itself keeps what it once had: how much is garbage says only a collection. */
function inUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

/** What a person looks at: a topology, and a Cluster in it. */
const opened = new Set(['topology eu-0 us-0', 'cluster ["us","databases","us-0"]']);
let roots: TreeNode[] = [];
let times: number[] = [];
connections.onDidChange(() => {
  const began = performance.now();
  const tree = treeOf(sceneOf(connections.snapshots()), connections.problems());
  unfold(tree, ({ id, expanded }) => expanded || opened.has(id));
  changedNodes(roots, tree);
  roots = tree;
  times.push(performance.now() - began);
});

const count = (nodes: readonly TreeNode[]): number => nodes.reduce((sum, { children }) => sum + 1 + count(children), 0);
const say = (message: FromClient): void => void process.send?.(message);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

await connections.reload();
say({ type: 'idle' });
await once(process, 'message');
const began = performance.now();
for (const context of contexts) await connections.open(context);
connections.pollInstances('tree', { all: true, closely: [] });
const filled = setInterval(() => {
  const full = connections
    .snapshots()
    .every(
      ({ clusters, pods, services, claims }) =>
        clusters.length * 3 === pods.length && pods.length > 0 && services.length > 0 && claims.length > 0,
    );
  if (!full) return;
  clearInterval(filled);
  say({ type: 'filled', milliseconds: performance.now() - began, nodes: count(roots) });
}, 20);

let start = { cpu: process.cpuUsage(), at: performance.now() };
process.on('message', (message: 'open' | 'begin' | 'end') => {
  if (message === 'begin') {
    start = { cpu: process.cpuUsage(), at: performance.now() };
    times = [];
    return;
  }
  const { user, system } = process.cpuUsage(start.cpu);
  const elapsed = performance.now() - start.at;
  say({
    type: 'measured',
    cpuShare: (user + system) / 1000 / elapsed,
    refreshes: times.length / (elapsed / 1000),
    refreshMedian: median(times),
    refreshLongest: Math.max(...times),
    nodes: count(roots),
    inUse: inUse(),
  });
});

process.on('disconnect', () => process.exit());
