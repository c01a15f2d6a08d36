/** The topologies of a workspace by their manifests alone: who is what, who writes and reads which archive, what links them. */
import { isReplicaCluster, isStandalone, postgresVersion } from '../model/cluster.ts';
import type { Archive } from './archives.ts';
import { isSameArchive, readBy, written } from './archives.ts';
import { keyRange } from './manifest.ts';
import type { Side } from './sides.ts';
import { idOf, isSameObject, isSide, members } from './sides.ts';
import type { Workspace } from './workspace.ts';

export interface TopologyReport {
  /** Names of the members, sorted, with blanks between. */
  id: string;
  members: MemberReport[];
  /** Names that members follow or call primary, without a manifest. */
  missing: string[];
  archives: ArchiveReport[];
  links: LinkReport[];
}

export interface MemberReport {
  /** By which the others know it. */
  name: string;
  /** `metadata.name`. */
  cluster: string;
  namespace: string | null;
  /** Kubernetes context, when places are given. */
  context: string | null;
  file: string;
  line: number;
  role: 'primary' | 'replica';
  mode: 'distributed' | 'standalone' | 'none';
  /** What it follows, or would follow after a demotion. */
  source: string | null;
  instances: number;
  /** Of the image's tag; `null` when the operator chooses. */
  postgres: string | null;
}

export interface ArchiveReport {
  path: string;
  endpoint: string | null;
  serverName: string;
  /** Names of members. */
  writtenBy: string[];
  readBy: string[];
}

/** From the source to the one that follows it. */
export interface LinkReport {
  from: string;
  to: string;
  kind: 'streaming' | 'archive';
  /** Of a streaming link. */
  host?: string;
  /** By now, or only after a change of roles. */
  active: boolean;
}

export function topologiesOf(workspace: Workspace): TopologyReport[] {
  const sides = workspace.ofKind('Cluster').filter(isSide);
  const seen = new Set<Side>();
  return sides
    .flatMap(side => {
      if (seen.has(side)) return [];
      const all = members(workspace, side);
      for (const member of all) seen.add(member);
      const found = reportOf(workspace, all);
      return found.members.length > 1 || found.missing.length > 0 ? [found] : [];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function reportOf(workspace: Workspace, given: readonly Side[]): TopologyReport {
  const sides = given
    .filter((side, at) => !given.slice(0, at).some(other => isSameObject(side, other)))
    .toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const names = sides.map(idOf);
  const named = sides
    .filter(({ cluster }) => !isStandalone(cluster))
    .flatMap(({ cluster: { spec } }) => [spec.replica?.source, spec.replica?.primary]);
  const missing = [...new Set(named)].filter(name => name !== undefined && name !== '' && !names.includes(name));
  return {
    id: [...new Set(names)].join(' '),
    members: sides.map(memberOf),
    missing: (missing as string[]).sort(),
    archives: archivesOf(workspace, sides),
    links: sides.flatMap(side => linksOf(workspace, side)),
  };
}

function memberOf(side: Side): MemberReport {
  const { cluster, document, uri, context, namespace } = side;
  const { replica, instances = 1 } = cluster.spec;
  return {
    name: idOf(side),
    cluster: cluster.metadata.name,
    namespace: namespace ?? null,
    context: context ?? null,
    file: uri,
    line: keyRange(document, ['metadata', 'name']).start.line + 1,
    role: isReplicaCluster(cluster) ? 'replica' : 'primary',
    mode: !replica ? 'none' : isStandalone(cluster) ? 'standalone' : 'distributed',
    source: replica?.source ?? null,
    instances,
    postgres: postgresVersion(cluster) ?? null,
  };
}

const sourceEntry = ({ cluster: { spec } }: Side) =>
  spec.externalClusters?.find(({ name }) => name !== undefined && name === spec.replica?.source);

function archivesOf(workspace: Workspace, sides: readonly Side[]): ArchiveReport[] {
  const found: { archive: Archive; side: Side; report: ArchiveReport }[] = [];
  const reportFor = (archive: Archive, side: Side): ArchiveReport => {
    const known = found.find(each => isSameArchive(each.archive, archive, each.side, side));
    if (known) return known.report;
    const { path, endpoint, serverName } = archive;
    const report: ArchiveReport = { path, endpoint: endpoint || null, serverName, writtenBy: [], readBy: [] };
    found.push({ archive, side, report });
    return report;
  };
  for (const side of sides) {
    const own = written(workspace, side);
    if (own) reportFor(own, side).writtenBy.push(idOf(side));
  }
  for (const side of sides) {
    const entry = sourceEntry(side);
    const read = entry && readBy(workspace, side, entry);
    if (read) reportFor(read, side).readBy.push(idOf(side));
  }
  return found.map(({ report }) => report);
}

function linksOf(workspace: Workspace, side: Side): LinkReport[] {
  const entry = sourceEntry(side);
  if (!entry) return [];
  const both = { from: entry.name, to: idOf(side), active: isReplicaCluster(side.cluster) };
  const { host, hostaddr } = entry.connectionParameters ?? {};
  return [
    ...(entry.connectionParameters ? [{ ...both, kind: 'streaming' as const, host: host ?? hostaddr ?? '' }] : []),
    ...(readBy(workspace, side, entry) ? [{ ...both, kind: 'archive' as const }] : []),
  ];
}
