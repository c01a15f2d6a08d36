/** From a primary without a partner to a pair: a new file for the replica cluster, and what the primary needs to exchange roles. */
import { ownArchive } from '../../model/archive.ts';
import { isReplicaCluster } from '../../model/cluster.ts';
import { written } from '../archives.ts';
import type { MaybeEdit } from '../edits.ts';
import { addDocument, addKey, applied, plainText, replaceKey, setValue } from '../edits.ts';
import type { ManifestDocument } from '../manifest.ts';
import { isRecord, parseFile, placeOf, valueAt } from '../manifest.ts';
import { addServerName } from '../rules/host-not-in-certificate.ts';
import { pluginUses } from '../rules/barman-plugin.ts';
import { addParameter } from '../rules/object-store-unnamed.ts';
import { replica, topologyName } from '../rules/rule.ts';
import { secretUses } from '../rules/secrets-here.ts';
import type { Side } from '../sides.ts';
import { idOf, partners, satellitesOf } from '../sides.ts';
import { clusterOf } from '../sound.ts';
import type { Entry, Workspace } from '../workspace.ts';
import { entryLines, entryOf, placeholderHost, reachOf } from './entry-lines.ts';
import type { Changes, Refactoring } from './refactoring.ts';
import { below, changesOf } from './refactoring.ts';
import { addEntries } from './standalone-to-distributed.ts';

export const makeOtherSide: Refactoring = {
  id: 'make-other-side',
  kind: 'refactor.rewrite',
  offer({ workspace, side }) {
    const { cluster } = side;
    if (isReplicaCluster(cluster) || cluster.spec.replica?.enabled !== undefined || side.rewritten) return undefined;
    if (partners(workspace, side).length > 0) return undefined;
    const title = `Make the other side of ${idOf(side)}: replica cluster ${otherName(side)}`;
    return ownArchive(cluster)?.by === 'in-tree'
      ? { title, disabled: 'Convert in-tree Barman to the Barman Cloud plugin first.' }
      : { title };
  },
  change: ({ workspace, side }) => (ownArchive(side.cluster)?.by === 'in-tree' ? undefined : pairOf(workspace, side)),
};

/** The name that the manifest gives it already, else one that goes with this one's. */
function otherName(side: Side): string {
  const id = idOf(side);
  const { source } = side.cluster.spec.replica ?? {};
  if (source && source !== id) return source;
  for (const [from, to] of counterparts) if (id.endsWith(`-${from}`)) return `${id.slice(0, -from.length)}${to}`;
  return `${id}-replica`;
}

const counterparts = [
  'a b',
  'b a',
  'eu us',
  'us eu',
  '1 2',
  '2 1',
  'east west',
  'west east',
  'north south',
  'south north',
].map(pair => pair.split(' ') as [string, string]);

function pairOf(workspace: Workspace, side: Side): Changes | undefined {
  const { document, cluster, uri } = side;
  const [id, other] = [idOf(side), otherName(side)];
  const own = ownArchive(cluster);
  const store = own && written(workspace, side)?.store;
  const otherStore = own?.by === 'plugin' ? (renamed(own.objectStore, id, other) ?? `${other}-archive`) : undefined;
  const ownEntry = entryOf(side, id) ?? entryLines(reachOf(side, id));
  const otherEntry =
    entryOf(side, other) ??
    entryLines({
      name: other,
      cluster: other,
      archive: otherStore === undefined ? undefined : { objectStore: otherStore, serverName: other },
    });
  const entries = [
    [id, ownEntry],
    [other, otherEntry],
  ] as const;
  const stanza = `\n  primary: ${plainText(id)}\n  source: ${plainText(other)}`;
  const otherStoreText = store && otherStore !== undefined ? copied(store, otherStore) : undefined;
  const ours: MaybeEdit[] = [
    ...addEntries(side, entries),
    ...(cluster.spec.replica ? [] : [addKey(document, ['spec'], 'replica', stanza)]),
    ...(entryOf(side, id) ? [] : [serverName(document, placeholderHost(cluster.metadata.name))]),
    ...(otherStoreText === undefined || workspace.named('ObjectStore', otherStore ?? '').length > 0
      ? []
      : [addDocument(document, otherStoreText)]),
  ].filter(edit => edit !== 'none');
  const text = otherSide(workspace, side, { id, other, otherStore, entries, store });
  return text === undefined
    ? undefined
    : changesOf(
        ours.map(edit => ({ uri, edit })),
        [{ uri: beside(uri, other), text }],
      );
}

/** With a certificate of one's own the name has to be in that. */
const serverName = (document: ManifestDocument, host: string): MaybeEdit | 'none' =>
  placeOf(document, ['spec', 'certificates', 'serverTLSSecret']) ? 'none' : addServerName(document, host);

/** `store-eu` → `store-us`, as `cluster-eu` → `cluster-us`; `undefined` when there is nothing of that in the name. */
function renamed(name: string, id: string, other: string): string | undefined {
  if (name.includes(id)) return name.replace(id, other);
  const [from = '', to = ''] = [id, other].map(each => each.split('-').at(-1));
  const words = name.split('-');
  return words.includes(from) ? words.map(word => (word === from ? to : word)).join('-') : undefined;
}

const beside = (uri: string, name: string): string =>
  `${uri.slice(0, uri.lastIndexOf('/') + 1)}${encodeURIComponent(name)}.yaml`;

/** The text of another object of the same content; `undefined` for an item of a list. */
function copied(
  { document }: Entry,
  name: string,
  change: (copy: ManifestDocument) => MaybeEdit[] = () => [],
): string | undefined {
  if (document.yaml.contents !== document.root) return undefined;
  const text = withoutMark(document.text);
  return edited(
    edited(text, copy => [setValue(copy, ['metadata', 'name'], plainText(name))]),
    change,
  );
}

const withoutMark = (text: string): string => text.replace(/^---[^\n]*\n/, '');

/** @returns `undefined` as soon as an edit is not known */
function edited(text: string | undefined, change: (document: ManifestDocument) => MaybeEdit[]): string | undefined {
  const [document, ...others] = text === undefined ? [] : parseFile(text).documents;
  if (text === undefined || !document || others.length > 0) return undefined;
  const edits = change(document);
  return edits.every(edit => edit !== undefined) ? applied(text, edits) : undefined;
}

interface Plan {
  id: string;
  other: string;
  otherStore: string | undefined;
  entries: readonly (readonly [string, string[]])[];
  store: Entry | undefined;
}

function otherSide(
  workspace: Workspace,
  side: Side,
  { id, other, otherStore, entries, store }: Plan,
): string | undefined {
  const { document, cluster } = side;
  if (document.yaml.contents !== document.root) return undefined;
  const bootstrap = below([`${ownArchive(cluster) ? 'recovery' : 'pg_basebackup'}:`, `  source: ${plainText(id)}`]);
  const certificates = ['spec', 'certificates', 'serverAltDNSNames'];
  const steps: ((copy: ManifestDocument) => MaybeEdit[])[] = [
    copy => [setValue(copy, ['metadata', 'name'], plainText(other))],
    copy => [
      placeOf(copy, ['spec', 'bootstrap'])
        ? replaceKey(copy, ['spec', 'bootstrap'], 'bootstrap', bootstrap)
        : addKey(copy, ['spec'], 'bootstrap', bootstrap),
    ],
    copy =>
      placeOf(copy, replica)
        ? [
            setValue(copy, [...replica, 'source'], plainText(id)),
            ...(placeOf(copy, [...replica, 'self']) ? [setValue(copy, [...replica, 'self'], plainText(other))] : []),
          ]
        : [addKey(copy, ['spec'], 'replica', `\n  primary: ${plainText(id)}\n  source: ${plainText(id)}`)],
    copy => {
      const copied = clusterOf(copy);
      return copied ? addEntries({ ...side, document: copy, cluster: copied }, entries) : [undefined];
    },
    copy => {
      const uses = clusterOf(copy)
        ? pluginUses(clusterOf(copy) ?? cluster).filter(({ entry }) => entry === undefined)
        : [];
      return uses.flatMap(({ path, parameters }) => [
        ...(otherStore === undefined
          ? []
          : [setValue(copy, [...path, 'parameters', 'barmanObjectName'], plainText(otherStore))]),
        parameters['serverName']
          ? setValue(copy, [...path, 'parameters', 'serverName'], plainText(other))
          : addParameter(copy, path, 'serverName', other),
      ]);
    },
    copy => {
      const host = placeholderHost(other);
      if (placeOf(copy, certificates))
        return [replaceKey(copy, certificates, 'serverAltDNSNames', `\n  - ${plainText(host)}`)];
      return placeOf(copy, ['spec', 'certificates', 'serverTLSSecret']) ? [] : [addServerName(copy, host)];
    },
  ];
  const text = steps.reduce<string | undefined>(edited, withoutMark(document.text));
  if (text === undefined) return undefined;
  const schedules = satellitesOf(workspace, side).filter(({ kind }) => kind === 'ScheduledBackup');
  const documents = [
    text,
    ...(store ? [copied(store, store.name), otherStore === undefined ? undefined : copied(store, otherStore)] : []),
    ...schedules.map(schedule =>
      copied(schedule, renamed(schedule.name, id, other) ?? `${schedule.name}-${other}`, copy => [
        setValue(copy, ['spec', 'cluster', 'name'], plainText(other)),
      ]),
    ),
  ].filter(each => each !== undefined);
  return `${heading(side, other, store)}${documents.map(each => `${each.trimEnd()}\n`).join('---\n')}`;
}

/** What has to be done by hand: no value of a Secret is in a manifest. */
function heading(side: Side, other: string, store: Entry | undefined): string {
  const { name } = side.cluster.metadata;
  const configuration = store && valueAt(store.document.value, ['spec', 'configuration']);
  const ofStore = isRecord(configuration) ? secretUses(configuration, []).map(secret => secret.name) : [];
  const secrets = [...new Set([`${name}-replication`, `${name}-ca (only ca.crt)`, ...ofStore])];
  return [
    `# The other side of ${topologyName(side.cluster)}, made from its manifest. Before it is applied:`,
    `# - bring these Secrets into its namespace: ${secrets.join(', ')};`,
    '# - put the real hosts in the place of those in example.com, on both sides;',
    ...(store ? [`# - choose a bucket near this side for the archive of ${other}.`] : []),
    `# When it runs, bring ${other}-replication and ${other}-ca to the side of ${name}.`,
    '',
  ].join('\n');
}
