/** What goes wrong in a playground on command: what people practise for. */
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultControl, PlaygroundFault } from '../model/playground-fault.ts';
import type { Faults } from './api/faults.ts';
import { kindOf } from './api/kinds.ts';
import type { ApiServer } from './api/server.ts';
import type { Buckets } from './object-store/bucket.ts';
import type { Database, World } from './postgres/world.ts';

interface Parts {
  world: World;
  buckets: Buckets;
  /** By context. */
  servers: ReadonlyMap<string, { server: ApiServer }>;
  faults: Record<string, Faults>;
}

interface Fault extends PlaygroundFault {
  turn(): Promise<void> | void;
}

const podKind = kindOf({ apiVersion: 'v1', kind: 'Pod' });

/** What is broken now and has a way back, by the fault's id. */
type Broken = Map<string, () => Promise<void> | void>;

const siteOf = ({ key }: Database): string => key.split('/')[0] ?? '';

function faultsOf(parts: Parts, broken: Broken): Fault[] {
  const lasting = (
    id: string,
    title: string,
    begin: () => Promise<() => Promise<void> | void> | (() => void),
  ): Fault => ({
    id,
    title,
    on: broken.has(id),
    async turn() {
      const repair = broken.get(id);
      if (repair) {
        await repair();
        broken.delete(id);
      } else broken.set(id, await begin());
    },
  });
  const { world, buckets, servers, faults } = parts;
  const databases = [...world.databases.values()].filter(({ leader }) => leader !== '');
  return [
    ...databases.flatMap(database => {
      const { key, topologyName, leader, archive } = database;
      const instance = database.instances.get(leader);
      const server = servers.get(siteOf(database))?.server;
      const isReplica = database.source !== undefined;
      return [
        {
          id: `kill ${key}`,
          title: `Delete the pod of ${isReplica ? 'the designated primary' : 'the primary'} ${leader}`,
          on: undefined,
          turn: () => void server?.store.remove(podKind, key.split('/')[1], leader),
        },
        ...(isReplica || database.linkCut
          ? [
              lasting(`streaming ${key}`, `Cut the streaming to ${topologyName}`, () => {
                database.linkCut = true;
                return () => void (database.linkCut = false);
              }),
            ]
          : []),
        ...(isReplica && instance
          ? [
              lasting(`lag ${key}`, `Let ${topologyName} lag: its designated primary replays no more`, () => {
                instance.replayPaused = true;
                return () => void (instance.replayPaused = false);
              }),
            ]
          : []),
        ...(archive
          ? [
              lasting(`archive ${key}`, `Refuse what ${topologyName} archives`, () => {
                archive.writable = false;
                return () => void (archive.writable = true);
              }),
              {
                id: `gap ${key}`,
                title: `Lose a WAL segment in the archive of ${topologyName}`,
                on: undefined,
                turn: () => loseSegment(buckets, siteOf(database), topologyName),
              },
            ]
          : []),
      ];
    }),
    ...Object.entries(faults).flatMap(([context, api]) => [
      lasting(`rights ${context}`, `Take the right to read instances (pods/proxy) away in ${context}`, () =>
        api.answer(403, Number.POSITIVE_INFINITY, '/proxy/'),
      ),
      lasting(`side ${context}`, `Lose ${context}: its API server and its PostgreSQL`, () => loseSide(parts, context)),
    ]),
  ];
}

/** The data centre is gone: its API server answers nobody and its PostgreSQL runs no more. @returns what brings it back */
export async function loseSide(
  { faults, world }: { faults: Record<string, Faults>; world: World },
  context: string,
): Promise<() => Promise<void>> {
  const running = [...world.databases.values()]
    .filter(database => siteOf(database) === context)
    .flatMap(({ instances }) => [...instances.values()].filter(instance => instance.running));
  await faults[context]?.unreachable(true);
  for (const instance of running) Object.assign(instance, { running: false, streaming: false });
  return async () => {
    for (const instance of running) instance.running = true;
    await faults[context]?.unreachable(false);
  };
}

/** One in the middle, where it is no end and no beginning. */
function loseSegment(buckets: Buckets, context: string, serverName: string): void {
  const bucket = buckets.get(`archive-${context}`);
  const segments = bucket?.keys('', '', 100_000).filter(key => /\/wals\/\w{16}\/\w{24}\.\w+$/.test(key)) ?? [];
  const own = segments.filter(key => key.includes(`${serverName}/`));
  const key = own[own.length >> 1];
  if (key !== undefined) bucket?.remove(key);
}

export interface RunningControl extends FaultControl {
  stop(): Promise<void>;
}

/** Listens on loopback, for whoever has the token. */
export async function offerFaults(parts: Parts): Promise<RunningControl> {
  const token = randomBytes(16).toString('hex');
  const broken: Broken = new Map();
  const list = (): PlaygroundFault[] => faultsOf(parts, broken).map(({ id, title, on }) => ({ id, title, on }));
  const server = http.createServer((request, response) => {
    const answer = (status: number, body: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401, 'wrong token');
    if (request.method === 'GET') return answer(200, list());
    const id = decodeURIComponent(request.url?.slice(1) ?? '');
    const fault = request.method === 'POST' ? faultsOf(parts, broken).find(each => each.id === id) : undefined;
    if (!fault) return answer(404, `no fault "${id}"`);
    Promise.resolve(fault.turn()).then(
      () => answer(200, list()),
      (error: unknown) => answer(500, String(error)),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
