/** From in-tree Barman, which CloudNativePG 1.31 has no more, to the Barman Cloud plugin: on all members that are known. */
import { stringify } from 'yaml';
import {
  addDocument,
  addKey,
  appendItem,
  linesBelow,
  removeBranch,
  removeKey,
  replaceKey,
  shownBelow,
} from '../edits.ts';
import type { MaybeEdit } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import { isRecord, placeOf, valueAt } from '../manifest.ts';
import { planMethod } from '../rules/backup-method.ts';
import { entriesOf } from '../rules/rule.ts';
import type { Side } from '../sides.ts';
import { idOf, members, satellitesOf } from '../sides.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { pluginLines, storeText } from '../plugin-text.ts';
import type { Changes, Refactoring } from './refactoring.ts';
import { below, changesOf, listBelow } from './refactoring.ts';

const own: Path = ['spec', 'backup', 'barmanObjectStore'];

/** Where a Cluster describes a store in-tree. */
interface InTree {
  path: Path;
  /** Of the entry; absent: its own archive. */
  entry?: string;
}

const inTree = ({ cluster }: Side): InTree[] => [
  ...(cluster.spec.backup?.barmanObjectStore ? [{ path: own }] : []),
  ...entriesOf(cluster).flatMap(({ entry, path }) =>
    entry.barmanObjectStore && !entry.plugin ? [{ path: [...path, 'barmanObjectStore'], entry: entry.name }] : [],
  ),
];

export const barmanToPlugin: Refactoring = {
  id: 'barman-to-plugin',
  kind: 'refactor.rewrite',
  offer({ workspace, side }) {
    const all = members(workspace, side).filter(member => inTree(member).length > 0);
    if (!all.includes(side)) return undefined;
    const names = all.map(idOf).join(' and ');
    return { title: `Convert in-tree Barman of ${names} to the Barman Cloud plugin` };
  },
  change: ({ workspace, side }) =>
    convert(
      workspace,
      members(workspace, side).map(member => ({ member, places: inTree(member) })),
    ),
};

export const extractObjectStore: Refactoring = {
  id: 'extract-object-store',
  kind: 'refactor.extract',
  offer({ side, path }) {
    const place = placeAt(side, path);
    return place && { title: `Extract ObjectStore ${storeName(side, place)}, for the Barman Cloud plugin` };
  },
  change({ workspace, side, path }) {
    const place = placeAt(side, path);
    return place && convert(workspace, [{ member: side, places: [place] }]);
  },
};

const placeAt = (side: Side, path: Path): InTree | undefined =>
  inTree(side).find(place => place.path.every((step, at) => path[at] === step));

const storeName = ({ cluster }: Side, { entry }: InTree): string => `${entry ?? cluster.metadata.name}-archive`;

interface Store {
  name: string;
  configuration: string[];
}

function convert(
  workspace: Workspace,
  sides: readonly { member: Side; places: readonly InTree[] }[],
): Changes | undefined {
  const edits: { uri: string; edit: MaybeEdit }[] = [];
  /** By place: what one member has defined already another one there need not. */
  const defined = new Map<string, Store[]>();
  for (const { member, places } of sides) {
    const { uri, document, cluster } = member;
    const there = placeKey(member);
    const stores = defined.get(there) ?? [];
    defined.set(there, stores);
    const added: string[] = [];
    for (const place of places) {
      const configuration = configurationLines(document, place.path);
      if (!configuration) return undefined;
      const known = stores.find(store => store.configuration.join('\n') === configuration.join('\n'));
      const name = known?.name ?? freeName(workspace, member, storeName(member, place), stores);
      const retentionPolicy = place.entry === undefined ? cluster.spec.backup?.retentionPolicy : undefined;
      if (!known) {
        stores.push({ name, configuration });
        const comments = commentsLost(document, place, configuration);
        added.push(storeText({ name, namespace: document.namespace, retentionPolicy, configuration, comments }));
      }
      const given = valueAt(document.value, [...place.path, 'serverName']);
      const serverName = typeof given === 'string' && given !== '' ? given : place.entry;
      const text = { objectStore: name, ...(serverName !== undefined && { serverName }) };
      for (const edit of place.entry === undefined ? ownArchive(document, text) : [entry(document, place.path, text)])
        edits.push({ uri, edit });
    }
    if (added.length > 0) edits.push({ uri, edit: addDocument(document, added.join('---\n')) });
    if (!places.some(place => place.entry === undefined)) continue;
    for (const satellite of satellitesOf(workspace, member))
      if (satellite.kind === 'ScheduledBackup') {
        const method = planMethod(satellite.document);
        for (const edit of method) edits.push({ uri: satellite.uri, edit });
      }
  }
  return changesOf(edits);
}

/** Files of one folder are for one place when nobody says where. */
const placeKey = ({ context, namespace = '', uri }: Entry): string =>
  `${context ?? uri.slice(0, uri.lastIndexOf('/'))} ${namespace}`;

function freeName(workspace: Workspace, side: Side, wanted: string, stores: readonly Store[]): string {
  const isTaken = (name: string): boolean =>
    stores.some(store => store.name === name) ||
    workspace.named('ObjectStore', name).some(each => placeKey(each) === placeKey(side));
  let name = wanted;
  for (let at = 2; isTaken(name); at++) name = `${wanted}-${at}`;
  return name;
}

/** Without `serverName`, which the plugin is told. */
function configurationLines(document: ManifestDocument, path: Path): string[] | undefined {
  const lines = linesBelow(document, path);
  if (lines) return lines.filter(line => !line.startsWith('serverName:'));
  const value = valueAt(document.value, path);
  const [start, end] = placeOf(document, path)?.value?.range ?? [0, 0];
  if (!isRecord(value) || /[&*]/.test(document.text.slice(start, end))) return undefined;
  const { serverName: _, ...configuration } = value;
  return stringify(configuration).trimEnd().split('\n');
}

/** Comments on what goes with the store: on `serverName`, and for the own archive all below `backup`. */
function commentsLost(document: ManifestDocument, { path, entry }: InTree, configuration: readonly string[]): string[] {
  const before = shownBelow(document, entry === undefined ? path.slice(0, -1) : path) ?? [];
  const stay = configuration.flatMap(commentIn);
  return before.flatMap(commentIn).filter(comment => !stay.includes(comment));
}

const commentIn = (line: string): string[] => /(?:^|\s)(#.*)$/.exec(line)?.slice(1) ?? [];

function ownArchive(document: ManifestDocument, text: { objectStore: string; serverName?: string }): MaybeEdit[] {
  const { backup } = (document.value['spec'] ?? {}) as { backup?: Record<string, unknown> };
  const gone = ['barmanObjectStore', 'retentionPolicy'];
  const left = Object.keys(backup ?? {}).filter(key => !gone.includes(key));
  const lines = pluginLines({ ...text, isWALArchiver: true });
  const list = ['spec', 'plugins'];
  return [
    ...(left.length === 0
      ? [removeKey(document, ['spec', 'backup'])]
      : gone
          .filter(key => placeOf(document, ['spec', 'backup', key]))
          .map(key => removeBranch(document, ['spec', 'backup', key]))),
    placeOf(document, list)
      ? appendItem(document, list, lines)
      : addKey(document, ['spec'], 'plugins', listBelow([lines])),
  ];
}

const entry = (document: ManifestDocument, path: Path, text: { objectStore: string; serverName?: string }): MaybeEdit =>
  replaceKey(document, path, 'plugin', below(pluginLines(text)));
