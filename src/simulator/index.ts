/** The simulator's room: two Kubernetes clusters with a distributed topology, on this machine. */
export { startPlayground } from './playground.ts';
export type { Playground, PlaygroundOptions } from './playground.ts';
