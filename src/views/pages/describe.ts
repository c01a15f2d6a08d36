/** What is known of an object, in words: facts, conditions and events as a text page. */
import type { Cluster } from '../../model/cluster.ts';
import {
  annotations,
  demotionInProgress,
  fencedInstances,
  hibernated,
  isReplicaCluster,
  switchoverInProgress,
} from '../../model/cluster.ts';
import { instancesOf, statusOf } from '../../model/instances.ts';
import type { Condition, EventObject, KubernetesObject, Pod } from '../../model/kubernetes.ts';
import type { ObjectReference } from '../../model/object-reference.ts';
import type { ContextSnapshot } from '../../model/snapshot.ts';
import { ageOf, clockOf } from './ages.ts';

export interface Description {
  reference: ObjectReference;
  object: KubernetesObject;
  snapshot: ContextSnapshot;
  events: readonly EventObject[];
  /** Why the events could not be read, in the API server's words. */
  eventsUnread?: string;
  readAt: Date;
}

type Row = readonly string[];

export function renderDescription(description: Description): string {
  const { reference, object, readAt } = description;
  const conditions = (object as { status?: { conditions?: Condition[] } }).status?.conditions ?? [];
  return [
    `${reference.kind} ${reference.name}`,
    `context ${reference.context}, namespace ${reference.namespace}, read at ${clockOf(readAt)} UTC`,
    ...section('Facts', table(factsOf(description))),
    ...(reference.kind === 'Cluster' ? section('Instances', table(instanceRows(description))) : []),
    ...section('Conditions', table(conditions.map(condition => conditionRow(condition, readAt)))),
    ...section('Events, newest last', eventLines(description)),
    '',
  ]
    .map(line => line.trimEnd())
    .join('\n');
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map(line => `  ${line}`)];

/** Columns two blanks apart; empty columns and control characters are taken out. */
function table(rows: readonly Row[]): string[] {
  const cells = rows.map(row => row.map(harmless));
  const widths = cells.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(widest[at] ?? 0, cell.length)),
    [],
  );
  return cells.map(row =>
    row
      .flatMap((cell, at) => (widths[at] === 0 ? [] : at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  '),
  );
}

const harmless = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

function factsOf({ reference, object, snapshot, readAt }: Description): Row[] {
  const { creationTimestamp, deletionTimestamp, ownerReferences = [] } = object.metadata;
  const owner = ownerReferences.find(o => o.controller) ?? ownerReferences[0];
  return [
    ...(reference.kind === 'Cluster'
      ? clusterFacts(object as Cluster, snapshot)
      : reference.kind === 'Pod'
        ? podFacts(object as Pod & Containers)
        : plainFacts(object)),
    ['Created', creationTimestamp ? `${clockOf(creationTimestamp)} UTC, ${ageOf(creationTimestamp, readAt)} ago` : ''],
    ['Being deleted', deletionTimestamp ? `since ${clockOf(deletionTimestamp)} UTC` : ''],
    ['Belongs to', owner ? `${owner.kind} ${owner.name}` : ''],
  ].filter(([, value]) => value !== '');
}

function clusterFacts(cluster: Cluster, snapshot: ContextSnapshot): Row[] {
  const { spec, status = {} } = cluster;
  const { replica } = spec;
  const fenced = fencedInstances(cluster);
  const timelines = new Set(instancesOf(cluster, snapshot).flatMap(({ timeline }) => timeline ?? []));
  const reconciliation = cluster.metadata.annotations?.[annotations.reconciliationLoop];
  return [
    ['Role', isReplicaCluster(cluster) ? 'replica cluster: follows another Cluster, read-only' : 'primary cluster'],
    ['Phase', [status.phase ?? 'no status yet', status.phaseReason].filter(Boolean).join(': ')],
    ['Instances', `${status.readyInstances ?? 0} of ${spec.instances ?? 1} ready`],
    [isReplicaCluster(cluster) ? 'Designated primary' : 'Primary', status.currentPrimary ?? 'none'],
    ['Switching to', switchoverInProgress(cluster) ? (status.targetPrimary ?? '') : ''],
    ['Demotion', demotionInProgress(cluster) ? 'in progress' : ''],
    [
      'Demotion token',
      status.demotionToken
        ? `present: the Cluster was demoted; another member, promoted with it, loses nothing${replica?.primary ? ` (${replica.primary} is to be the primary)` : ''}`
        : '',
    ],
    [
      'Topology',
      replica
        ? [
            replica.self && `self ${replica.self}`,
            replica.primary && `primary ${replica.primary}`,
            replica.source && `source ${replica.source}`,
          ]
            .filter(Boolean)
            .join(', ')
        : '',
    ],
    ['Fenced', fenced.includes('*') ? 'all instances' : fenced.join(', ')],
    ['Hibernation', hibernated(cluster) ? 'on: no pods run, the volumes are kept' : ''],
    ['Reconciliation', reconciliation === 'disabled' ? 'disabled by annotation: the operator does nothing here' : ''],
    ['Timeline', timelines.size === 0 ? 'unknown' : [...timelines].join(', ')],
    ['System identifier', status.systemID ?? 'not reported'],
    ['Image', status.image ?? spec.imageName ?? 'unknown'],
  ];
}

function instanceRows({ object, snapshot }: Description): Row[] {
  return instancesOf(object as Cluster, snapshot).map(instance => {
    const status = statusOf(instance.reading);
    const lost = snapshot.unread.Pod === undefined ? 'no pod' : 'pod cannot be read';
    return [
      instance.name,
      instance.role,
      instance.fenced ? 'fenced' : instance.pod ? (instance.ready ? 'ready' : 'not ready') : lost,
      `node ${instance.pod?.spec?.nodeName ?? 'none'}`,
      instance.timeline === undefined ? 'timeline unknown' : `timeline ${instance.timeline}`,
      status?.isPrimary
        ? `writes at ${status.currentLsn ?? '?'}`
        : status
          ? `replayed ${status.replayLsn ?? '?'}`
          : 'position unknown',
    ];
  });
}

/** What a Pod says beside the fields that the model reads. */
interface Containers {
  status?: {
    hostIP?: string;
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

interface ContainerStatus {
  name: string;
  ready?: boolean;
  restartCount?: number;
  state?: Record<string, { reason?: string; message?: string; exitCode?: number; startedAt?: string }>;
  lastState?: Record<string, { reason?: string; exitCode?: number; finishedAt?: string }>;
}

function podFacts(pod: Pod & Containers): Row[] {
  const { spec, status = {} } = pod;
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return [
    ['Phase', status.phase ?? 'unknown'],
    ['Role', pod.metadata.labels?.['cnpg.io/instanceRole'] ?? ''],
    ['Node', spec?.nodeName ?? 'not scheduled'],
    ['Address', status.podIP ?? 'none'],
    ['Operator', pod.metadata.annotations?.[annotations.operatorVersion] ?? ''],
    ...containers.map((container): Row => [`Container ${container.name}`, containerWords(container)]),
  ];
}

function containerWords({ ready, restartCount = 0, state = {}, lastState = {} }: ContainerStatus): string {
  const [now, detail] = Object.entries(state)[0] ?? ['unknown', {}];
  const [, before] = Object.entries(lastState)[0] ?? [];
  return [
    [now, detail.reason, detail.message].filter(Boolean).join(': '),
    ready ? 'ready' : 'not ready',
    restartCount > 0 && `${restartCount} restart${restartCount === 1 ? '' : 's'}`,
    before && `ended before with ${before.reason ?? 'no reason'}, exit code ${before.exitCode ?? '?'}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** Of kinds without words of their own: each single value of spec and status under its path. */
function plainFacts(object: KubernetesObject): Row[] {
  const { spec, status } = object as { spec?: unknown; status?: unknown };
  return [...leaves(spec, 'spec'), ...leaves(status, 'status')];
}

function leaves(value: unknown, path: string): Row[] {
  if (value === undefined || value === null || path.startsWith('status.conditions')) return [];
  if (typeof value !== 'object') return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, child]) =>
    leaves(child, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`),
  );
}

const conditionRow = ({ type, status, reason, message, lastTransitionTime }: Condition, now: Date): Row => [
  type,
  status,
  ageOf(lastTransitionTime, now) && `for ${ageOf(lastTransitionTime, now)}`,
  reason ?? '',
  message ?? '',
];

function eventLines({ reference, events, eventsUnread, readAt }: Description): string[] {
  if (eventsUnread !== undefined) return [harmless(`They could not be read. ${eventsUnread}`)];
  if (events.length === 0) return ['None. The API server forgets events, most often after an hour.'];
  const unique = new Map(events.map(event => [event.metadata.uid ?? event.metadata.name, event]));
  const rows = [...unique.values()].toSorted((a, b) => timeOf(a) - timeOf(b));
  return table(
    rows.map(event => {
      const { kind = '', name = '' } = event.involvedObject;
      const count = event.count ?? 1;
      const last = new Date(timeOf(event)).toISOString();
      return [
        clockOf(last),
        ageOf(last, readAt),
        event.type ?? '',
        count > 1 ? `×${count}` : '',
        event.reason ?? '',
        kind === reference.kind && name === reference.name ? '' : `${kind} ${name}`,
        event.message ?? '',
      ];
    }),
  );
}

/** When it was seen last. */
const timeOf = ({ lastTimestamp, eventTime, firstTimestamp, metadata }: EventObject): number =>
  Date.parse(lastTimestamp || eventTime || firstTimestamp || metadata.creationTimestamp || '') || 0;
