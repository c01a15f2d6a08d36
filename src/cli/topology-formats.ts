/** How `topology` prints what it found. */
import type { ArchiveReport, LinkReport, MemberReport, TopologyReport } from '../language/index.ts';
import type { LintFinding } from './lint-formats.ts';
import { plainFinding } from './lint-formats.ts';

type Format = (topologies: readonly TopologyReport[], findings: readonly LintFinding[]) => string;

export const topologyFormats: Record<string, Format> = { text, json, mermaid };

function text(topologies: readonly TopologyReport[], findings: readonly LintFinding[]): string {
  const parts = topologies.map(topology => {
    const { members, missing, archives, links } = topology;
    return [
      [...members.map(({ name }) => name), ...missing].join(' ⇄ '),
      ...members.map(member => `  ${memberWords(member)}`),
      ...missing.map(name => `  ${name}: no manifest is known`),
      ...links.map(link => `  ${linkWords(link)}`),
      ...archives.map(archive => `  ${archiveWords(archive)}`),
      '',
    ].join('\n');
  });
  const found = findings.map(
    ({ file, line, column, severity, message, code }) =>
      `${file}:${line}:${column}: ${severity}: ${message} [${code}]\n`,
  );
  const none = topologies.length === 0 ? ['No topology: no Cluster lists another one in spec.externalClusters.\n'] : [];
  return [...none, ...parts, ...(found.length > 0 ? [found.join('')] : [])].join('\n');
}

function memberWords({
  name,
  cluster,
  namespace,
  context,
  role,
  mode,
  instances,
  postgres,
  file,
  line,
}: MemberReport): string {
  const where = [
    ...(cluster === name ? [] : [`Cluster ${cluster}`]),
    ...(namespace === null ? [] : [`namespace ${namespace}`]),
    ...(context === null ? [] : [`context ${context}`]),
  ];
  const what = [
    mode === 'standalone' ? `standalone ${role}` : role,
    `${instances} ${instances === 1 ? 'instance' : 'instances'}`,
    ...(postgres === null ? [] : [`PostgreSQL ${postgres}`]),
    ...where,
  ];
  return `${name}: ${what.join(', ')} (${file}:${line})`;
}

const linkWords = ({ from, to, kind, host, active }: LinkReport): string =>
  `${to} ${active ? 'follows' : 'would follow'} ${from} by ${kind === 'streaming' ? `streaming from ${host}` : 'its archive'}`;

const archiveWords = ({ path, endpoint, serverName, writtenBy, readBy }: ArchiveReport): string =>
  `archive ${path}/${serverName}${endpoint === null ? '' : ` at ${endpoint}`}: ${[
    writtenBy.length > 0 ? `written by ${writtenBy.join(', ')}` : 'written by no member',
    ...(readBy.length > 0 ? [`read by ${readBy.join(', ')}`] : []),
  ].join(', ')}`;

function json(topologies: readonly TopologyReport[], findings: readonly LintFinding[]): string {
  return `${JSON.stringify({ topologies, findings: findings.map(plainFinding) }, undefined, 2)}\n`;
}

/** Of members that write and of links that are in use; what would be after a change of roles is dotted. */
function mermaid(topologies: readonly TopologyReport[]): string {
  const lines = topologies.flatMap(({ members, missing, archives, links }, at) => {
    const id = (kind: string, index: number): string => `${kind}${at}_${index}`;
    const names = [...members.map(({ name }) => name), ...missing];
    const node = (name: string): string => id('c', names.indexOf(name));
    const contexts = Map.groupBy(members, ({ context }) => context);
    return [
      ...[...contexts].flatMap(([context, there], index) => {
        const nodes = there.map(({ name, role }) => `${node(name)}["${label(name)}<br/>${role}"]`);
        return context === null
          ? nodes
          : [`subgraph ${id('k', index)}["${label(context)}"]`, ...nodes.map(each => `  ${each}`), 'end'];
      }),
      ...missing.map(name => `${node(name)}["${label(name)}<br/>no manifest"]`),
      ...archives.map(({ path, serverName }, index) => `${id('a', index)}[("${label(`${path}/${serverName}`)}")]`),
      ...links
        .filter(({ kind, from }) => kind === 'streaming' && names.includes(from))
        .map(({ from, to, active }) => `${node(from)} ${active ? '-->' : '-.->'}|streaming| ${node(to)}`),
      ...archives.flatMap(({ writtenBy, readBy }, index) => [
        ...writtenBy.map(name => `${node(name)} -->|writes| ${id('a', index)}`),
        ...readBy.map(name => {
          const active = links.some(({ to, kind, active: now }) => to === name && kind === 'archive' && now);
          return `${id('a', index)} ${active ? '-->' : '-.->'}|read by| ${node(name)}`;
        }),
      ]),
    ];
  });
  return ['flowchart LR', ...lines.map(line => `  ${line}`), ''].join('\n');
}

/** Names are text, whatever is in them. */
const label = (name: string): string =>
  name.replace(/[&<>"#`|\\[\](){}\r\n]/g, character => `#${character.codePointAt(0)};`);
