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
