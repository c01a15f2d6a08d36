/** Plain access to a running playground, independent of the product's own client. */
import fs from 'node:fs';
import { parse } from 'yaml';
import type { Client } from '../../src/simulator/operator/client.ts';
import { createClient } from '../../src/simulator/operator/client.ts';
import type { Playground } from '../../src/simulator/playground.ts';

/** A client for each context of a kubeconfig with plain endpoints and bearer tokens. */
export function sideClients({ kubeconfig }: { kubeconfig: string }, signal: AbortSignal): Record<string, Client> {
  const { clusters, users } = parse(fs.readFileSync(kubeconfig, 'utf8')) as {
    clusters: { name: string; cluster: { server: string } }[];
    users: { user: { token: string } }[];
  };
  return Object.fromEntries(
    clusters.map(({ name, cluster: { server } }, at) => [
      name,
      createClient({ url: server, token: users[at]?.user.token ?? '' }, signal),
    ]),
  );
}

/** Members whose leader is no standby, whatever their manifests say. */
export const writersOf = ({ world }: Playground): string[] =>
  [...world.databases.values()]
    .filter(({ instances, leader }) => {
      const instance = instances.get(leader);
      return instance?.running === true && !instance.inRecovery;
    })
    .map(({ topologyName }) => topologyName);

/** The data centre is gone: its API server answers nobody and its PostgreSQL runs no more. @returns what brings it back */
export async function loseSide({ faults, world }: Playground, context: string): Promise<() => Promise<void>> {
  const gone = [...world.databases.values()].filter(({ key }) => key.startsWith(`${context}/`));
  const running = gone.flatMap(({ instances }) => [...instances.values()].filter(instance => instance.running));
  await faults[context]?.unreachable(true);
  for (const instance of running) {
    instance.running = false;
    instance.streaming = false;
  }
  return async () => {
    for (const instance of running) instance.running = true;
    await faults[context]?.unreachable(false);
  };
}
