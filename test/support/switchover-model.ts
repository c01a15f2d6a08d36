/**
 * Two Clusters with their operators and PostgreSQL as a small state machine, for random schedules: WAL is a list of records, so
 * that "lost" and "diverged" are facts. Sources: DOMAIN 3.1 (demotion), 3.4 (verification of the token).
 */
import { Failure } from '../../src/errors.ts';
import type { MergePatch } from '../../src/kubernetes/contract.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { isReplicaCluster, phases } from '../../src/model/cluster.ts';
import type { InstanceStatus } from '../../src/model/instance-status.ts';
import { decodeToken, encodeToken } from '../../src/model/token.ts';
import { formatLsn, parseLsn } from '../../src/model/wal.ts';
import type { DemotionTrace } from '../../src/operations/list-archive.ts';
import type { OperationApi } from '../../src/operations/run-operation.ts';
import { demotionToken, member, pod } from './clusters.ts';

type Name = 'cluster-eu' | 'cluster-us';

interface Node {
  cluster: Cluster;
  writes: boolean;
  timeline: number;
  /** Records of WAL. */
  log: number[];
  archives: boolean;
  down: boolean;
  /** Its API never answers again; its PostgreSQL, and its operator, may go on. */
  lost: boolean;
}

export const events = [
  'operator eu',
  'operator us',
  'eu writes',
  'eu down',
  'eu up',
  'us down',
  'us up',
  'archive breaks',
  'archive repaired',
  'conflict',
  'answer lost',
  'forbidden',
  'window closed',
  'token wiped',
] as const;
/** What other people may do meanwhile. */
export const foreignEvents = ['somebody returns eu', 'somebody promotes us', 'somebody fails over to us'] as const;
export type ModelEvent = (typeof events)[number] | (typeof foreignEvents)[number] | 'eu lost' | 'us lost';

let calls = 0;
/** What time is in the model: limits hold for so many calls of the API, however busy the machine is. */
export const callsSoFar = (): number => calls;

/** Bytes of a record: so large that a page more or less says nothing. */
const record = 0x100000n;
const at = (log: readonly number[], beyond = 0n): string => formatLsn(BigInt(log.length) * record + beyond);
/** Bytes of the record of a shutdown, which the token points to the beginning of. */
const shutdown = 0x78n;
const failure = (code: string): Failure => new Failure(code, { what: code, why: 'by the model.', remedy: '' });
const isPrefix = (one: readonly number[], of: readonly number[]): boolean => one.every((id, i) => of[i] === id);

export class SwitchoverModel {
  readonly nodes: Record<Name, Node>;
  saved: string | undefined;
  /** Ends the window. */
  close: () => void = () => undefined;
  /** What must never be. */
  readonly violations: string[] = [];
  /** Somebody else has changed a role. */
  foreign = false;
  /** Records of the old primary at the moment of its shutdown. */
  atDemotion: number[] | undefined;
  #next = 100;
  #toldLater = false;
  #version = 1;
  #patchFault: 'conflict' | 'answer lost' | 'forbidden' | undefined;
  #schedule: ModelEvent[];

  constructor(schedule: readonly ModelEvent[]) {
    this.#schedule = [...schedule];
    const node = (name: Name, writes: boolean): Node => ({
      cluster: member(name),
      writes,
      timeline: 3,
      log: [1, 2, 3],
      archives: true,
      down: false,
      lost: false,
    });
    this.nodes = { 'cluster-eu': node('cluster-eu', true), 'cluster-us': node('cluster-us', false) };
  }

  /** @param unseen happens at once, without anybody looking @param schedule what happens from then on */
  goOn(unseen: readonly ModelEvent[], schedule: readonly ModelEvent[]): void {
    for (const event of unseen) this.#happen(event);
    this.#schedule = [...schedule];
  }

  /** Somebody promotes it beside the run, with whatever token. */
  promoteWith(token: string): void {
    this.#store('cluster-us', { primary: 'cluster-us', promotionToken: token });
  }

  /** Nothing else happens: everything works, and the operators have done what they do. */
  comeToRest(): void {
    this.#schedule = [];
    for (let ticks = 0; ticks < 6; ticks++) this.#tick();
  }

  /** One event of the schedule; when it is over, everything works and the operators act. */
  #tick(): void {
    const event = this.#schedule.shift();
    if (event) return this.#happen(event);
    for (const node of Object.values(this.nodes)) Object.assign(node, { down: false, archives: true });
    this.#patchFault = undefined;
    this.#operate('cluster-eu');
    this.#operate('cluster-us');
  }

  #happen(event: ModelEvent): void {
    const { 'cluster-eu': eu, 'cluster-us': us } = this.nodes;
    const token = eu.cluster.status?.demotionToken ?? this.saved;
    if (event === 'operator eu') this.#operate('cluster-eu');
    if (event === 'operator us') this.#operate('cluster-us');
    if (event === 'eu writes') this.#write(eu);
    if (event === 'eu down' || event === 'eu up') eu.down = event === 'eu down';
    if (event === 'eu lost' || event === 'us lost')
      this.nodes[event === 'eu lost' ? 'cluster-eu' : 'cluster-us'].lost = true;
    if (event === 'us down' || event === 'us up') us.down = event === 'us down';
    if (event === 'archive breaks' || event === 'archive repaired') eu.archives = event === 'archive repaired';
    if (event === 'conflict' || event === 'answer lost' || event === 'forbidden') this.#patchFault = event;
    if (event === 'window closed') this.close();
    if (event === 'token wiped' && this.saved) delete eu.cluster.status?.demotionToken;
    if (event === 'somebody returns eu' && token && isReplicaCluster(eu.cluster) && isReplicaCluster(us.cluster))
      this.#somebody('cluster-eu', { primary: 'cluster-eu', source: 'cluster-us', promotionToken: token });
    if (event === 'somebody promotes us' && token && isReplicaCluster(eu.cluster))
      this.#somebody('cluster-us', { primary: 'cluster-us', promotionToken: token });
    if (event === 'somebody fails over to us') this.#somebody('cluster-us', { primary: 'cluster-us' });
    this.#check();
  }

  #somebody(name: Name, replica: Record<string, string>): void {
    if (this.nodes[name].cluster.status?.switchReplicaClusterStatus?.inProgress) return;
    this.foreign = true;
    this.#store(name, replica);
  }

  #store(name: Name, replica: Record<string, string | null>): void {
    const { cluster } = this.nodes[name];
    const merged = Object.entries({ ...cluster.spec.replica, ...replica }).filter(([, value]) => value !== null);
    cluster.spec.replica = Object.fromEntries(merged);
    cluster.metadata.resourceVersion = String(++this.#version);
  }

  #write(node: Node): void {
    if (node.writes) node.log.push(this.#next++);
  }

  #operate(name: Name): void {
    const node = this.nodes[name];
    const before = JSON.stringify(node.cluster);
    if (isReplicaCluster(node.cluster)) this.#demoteOrFollow(name, node);
    else this.#promote(node);
    if (JSON.stringify(node.cluster) !== before) node.cluster.metadata.resourceVersion = String(++this.#version);
    this.#check();
  }

  #demoteOrFollow(name: Name, node: Node): void {
    const status = (node.cluster.status ??= {});
    const other = this.nodes[name === 'cluster-eu' ? 'cluster-us' : 'cluster-eu'];
    if (node.writes && !status.switchReplicaClusterStatus?.inProgress) {
      status.switchReplicaClusterStatus = { inProgress: true };
      delete status.lastPromotionToken;
    } else if (node.writes) {
      node.writes = false;
      this.atDemotion ??= [...node.log];
    } else if (status.switchReplicaClusterStatus?.inProgress) {
      if (!node.archives) return;
      status.demotionToken = encodeToken({
        ...demotionToken,
        latestCheckpointTimelineID: String(node.timeline),
        latestCheckpointREDOLocation: at(node.log),
      });
      delete status.switchReplicaClusterStatus;
    } else {
      status.phase = phases.healthy;
      if (!isPrefix(node.log, other.log)) return;
      node.log = [...other.log];
      node.timeline = other.timeline;
    }
  }

  #promote(node: Node): void {
    const status = (node.cluster.status ??= {});
    delete status.demotionToken;
    if (node.writes) {
      status.phase = phases.healthy;
      this.#write(node);
      return;
    }
    const text = node.cluster.spec.replica?.promotionToken;
    const token = text === undefined || text === status.lastPromotionToken ? undefined : decodeToken(text);
    if (typeof token === 'object') {
      // What the other side wrote before its shutdown still arrives.
      const other = Object.values(this.nodes).find(each => each !== node);
      if (other && !other.writes && isPrefix(node.log, other.log)) node.log = [...other.log];
      const wanted = parseLsn(token.latestCheckpointREDOLocation) ?? 0n;
      const here = BigInt(node.log.length) * record;
      status.phase = phases.promoting;
      if (Number(token.latestCheckpointTimelineID) !== node.timeline || here > wanted) {
        status.phase = phases.unrecoverable;
        return;
      }
      if (here < wanted) return;
      status.lastPromotionToken = text ?? '';
    }
    node.writes = true;
    node.timeline++;
  }

  /** Whatever happens, unless somebody else has a part in it. */
  #check(): void {
    const { 'cluster-eu': eu, 'cluster-us': us } = this.nodes;
    if (this.foreign) return;
    if (eu.writes && us.writes) this.violations.push('two writers');
    const demoted = isReplicaCluster(eu.cluster) && !eu.writes && !eu.cluster.status?.switchReplicaClusterStatus;
    if (demoted && !us.writes && !eu.cluster.status?.demotionToken && !this.saved)
      this.violations.push('the token is lost');
  }

  /** @returns what is wrong with calling this completed */
  wronglyCompleted(): string | undefined {
    const { 'cluster-eu': eu, 'cluster-us': us } = this.nodes;
    if (!us.writes) return 'the new primary does not write';
    if (eu.writes) return 'the old primary writes';
    if (!isPrefix(eu.log, us.log)) return 'the old primary has diverged';
    if (!this.foreign && this.atDemotion && !isPrefix(this.atDemotion, us.log)) return 'records are lost';
    return undefined;
  }

  /** What the archive of the side that is lost says, to whom reads it with the credentials of the other side. */
  trace(of: Name, token: string): DemotionTrace {
    const { timeline, archives } = this.nodes[of];
    const decoded = decodeToken(token);
    this.#toldLater = typeof decoded === 'object' && timeline > Number(decoded.latestCheckpointTimelineID) && archives;
    return { file: 'partial', later: this.#toldLater };
  }

  /** Has it all that the other side has written? */
  follows(name: Name): boolean {
    const [node, other] = [this.nodes[name], this.nodes[name === 'cluster-eu' ? 'cluster-us' : 'cluster-eu']];
    return !node.writes && node.timeline === other.timeline && isPrefix(node.log, other.log);
  }

  readonly api: OperationApi = {
    get: async <T>(kind: string, _namespace: string, name: string) => {
      calls++;
      if (kind === 'Pod') return pod(name.replace(/-\d+$/, ''), Number(/\d+$/.exec(name)?.[0])) as T;
      this.#tick();
      const node = this.nodes[name as Name];
      if (node.down || node.lost) throw failure('unreachable');
      return structuredClone(node.cluster) as T;
    },
    instanceStatus: async (_namespace, pod): Promise<InstanceStatus> => {
      calls++;
      const node = this.nodes[pod.replace(/-\d+$/, '') as Name];
      if (node.down || node.lost || node.cluster.status?.switchReplicaClusterStatus) throw failure('unreachable');
      const other = Object.values(this.nodes).find(each => each !== node);
      const shared = { systemID: demotionToken.databaseSystemIdentifier, timeLineID: node.timeline };
      return node.writes
        ? { ...shared, isPrimary: true, currentLsn: at(node.log) }
        : {
            ...shared,
            isPrimary: false,
            replayLsn: at(node.log, shutdown),
            isWalReceiverActive: other?.writes === true,
          };
    },
    canI: async () => ({ allowed: true, reason: '' }),
    create: () => Promise.reject(failure('refused')),
    delete: () => Promise.reject(failure('refused')),
    patch: async <T>(write: MergePatch, { dryRun }: { dryRun: boolean }) => {
      calls++;
      if (dryRun) return { object: this.nodes[write.name as Name].cluster as T, warnings: [] };
      const name = write.name as Name;
      const node = this.nodes[name];
      const { replica } = (write.patch as { spec: { replica: Record<string, string | null> } }).spec;
      const fault = this.#patchFault;
      this.#patchFault = undefined;
      if (node.down || node.lost) throw failure('unreachable');
      if (fault === 'conflict' || write.resourceVersion !== node.cluster.metadata.resourceVersion)
        throw failure('conflict');
      if (fault === 'forbidden') throw failure('forbidden');
      if (node.cluster.status?.switchReplicaClusterStatus?.inProgress) throw failure('refused');
      if (replica['primary'] === name) this.#promotionIsSound(name, replica['promotionToken']);
      this.#store(name, replica);
      if (fault === 'answer lost') throw failure('unreachable');
      return { object: node.cluster as T, warnings: [] };
    },
  };

  /** At the moment of our write, and whatever others do: that one makes no second writer, and no failover. */
  #promotionIsSound(name: Name, token: string | null | undefined): void {
    const other = this.nodes[name === 'cluster-eu' ? 'cluster-us' : 'cluster-eu'];
    if (other.lost && this.foreign) {
      // What somebody does on a side that cannot be seen is asked for in words; what its archive tells is seen.
      if (this.#toldLater) this.violations.push('promoted although the archive tells of a primary');
    } else if (!isReplicaCluster(other.cluster) || other.writes) this.violations.push('promoted beside a primary');
    if (!token) this.violations.push('promoted without a token');
  }
}
