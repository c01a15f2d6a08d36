/** From a name to what it means and to all who name it, over all files of a workspace. */
import type { Edit } from './edits.ts';
import { plainText } from './edits.ts';
import type { ManifestFile, Position, Range } from './manifest.ts';
import { keyRange, pathAt, placeOf, valueRange } from './manifest.ts';
import type { NameKind, NameUse } from './names.ts';
import { namesIn } from './names.ts';
import type { Side } from './sides.ts';
import {
  clusterCalled,
  clusterOfSatellite,
  idOf,
  isSide,
  mayShareContext,
  mayShareNamespace,
  members,
  objectStore,
  satellitesOf,
} from './sides.ts';
import type { Entry, Workspace } from './workspace.ts';

export interface Place {
  uri: string;
  range: Range;
}

interface Found {
  entry: Entry;
  use: NameUse;
}

const placeOfUse = ({ entry: { uri, document }, use: { path, on } }: Found): Place => ({
  uri,
  range: on === 'key' ? keyRange(document, path) : valueRange(document, path),
});

/** The uses of names at a position: that of a Cluster without `self` is two names at once. */
function usesAt(workspace: Workspace, file: ManifestFile, position: Position): Found[] {
  const at = pathAt(file, position);
  const entry = at && workspace.entryOf(at.document);
  if (!entry) return [];
  const path = at.path.join('\0');
  return namesIn(entry)
    .filter(use => use.path.join('\0') === path && (use.on === 'key') === at.onKey)
    .map(use => ({ entry, use }));
}

/** Where the name is defined: its object, and for a member the entry of the same list. */
export function definitionsAt(workspace: Workspace, file: ManifestFile, position: Position): Place[] {
  const places = usesAt(workspace, file, position).flatMap(found => {
    if (found.use.kind === 'Secret') return secretPlaces(workspace, found);
    const own = ownEntry(found);
    return [...(own ? [own] : []), ...related(workspace, found).filter(({ use }) => use.defines)].map(placeOfUse);
  });
  return distinct(places);
}

/** For `source`, `primary` and `self` the entry that they name. */
const ownEntry = ({ entry, use }: Found): Found | undefined => {
  if (use.kind !== 'member' || isEntryName(use)) return undefined;
  const named = namesIn(entry).find(each => isEntryName(each) && each.name === use.name);
  return named && { entry, use: named };
};

const isEntryName = ({ kind, path }: NameUse): boolean => kind === 'member' && path[1] === 'externalClusters';

export const referencesAt = (workspace: Workspace, file: ManifestFile, position: Position): Place[] =>
  distinct(usesAt(workspace, file, position).flatMap(found => related(workspace, found).map(placeOfUse)));

/** Of the names that are one with that at the position those in the same file. */
export const highlightsAt = (workspace: Workspace, file: ManifestFile, position: Position): Range[] => {
  const [first] = usesAt(workspace, file, position);
  return first === undefined
    ? []
    : referencesAt(workspace, file, position)
        .filter(({ uri }) => uri === first.entry.uri)
        .map(({ range }) => range);
};

/** Names that are written in manifests only: a Secret may be made by anybody. */
const renamable: readonly NameKind[] = ['member', 'Cluster', 'ObjectStore', 'tablespace', 'role'];

export function renameRangeAt(workspace: Workspace, file: ManifestFile, position: Position): Range | undefined {
  const found = usesAt(workspace, file, position).find(({ use }) => renamable.includes(use.kind));
  return found && placeOfUse(found).range;
}

/** @returns edits by file, or why the name cannot be that */
export function renameAt(
  workspace: Workspace,
  file: ManifestFile,
  position: Position,
  name: string,
): Map<string, Edit[]> | string {
  const uses = usesAt(workspace, file, position).filter(({ use }) => renamable.includes(use.kind));
  const fault = uses.map(({ use }) => faultOf(use.kind, name)).find(Boolean);
  if (fault !== undefined) return fault;
  const all = uses.flatMap(found => related(workspace, found));
  const taken = uses.find(found => isTaken(workspace, found, name));
  if (taken) return `There is a ${taken.use.kind} "${name}" already.`;
  const edits = new Map<string, Edit[]>();
  const seen = new Set<string>();
  for (const found of all) {
    const { entry, use } = found;
    const place = placeOfUse(found);
    const key = JSON.stringify(place);
    if (seen.has(key)) continue;
    seen.add(key);
    edits.set(entry.uri, [...(edits.get(entry.uri) ?? []), { range: place.range, newText: written(entry, use, name) }]);
  }
  return edits;
}

/** In the quotes that the old name has. */
function written({ document }: Entry, { path, on }: NameUse, name: string): string {
  const place = placeOf(document, path);
  const [start = 0] = (on === 'key' ? place?.key : place?.value)?.range ?? [];
  const quote = document.text[start];
  return quote === "'" ? `'${name.replaceAll("'", "''")}'` : quote === '"' ? JSON.stringify(name) : plainText(name);
}

function faultOf(kind: NameKind, name: string): string | undefined {
  if (name === '') return 'A name has at least one character.';
  if (kind === 'tablespace' || kind === 'role')
    return name.length > 63 ? 'Names in PostgreSQL have at most 63 characters.' : undefined;
  if (kind === 'member')
    return /[/\\]|^\.\.?$/.test(name) ? 'The name is used as a file name: it cannot have separators.' : undefined;
  // Source: the webhook for Clusters (`validateName`).
  if (kind === 'Cluster') {
    if (name.length > 50) return 'The name of a Cluster has at most 50 characters.';
    return /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)
      ? undefined
      : 'The name of a Cluster is lower-case letters, digits and "-", beginning with a letter, not ending with "-".';
  }
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name) && name.length <= 253
    ? undefined
    : 'Names of objects are lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit.';
}

const isTaken = (workspace: Workspace, { entry, use }: Found, name: string): boolean => {
  if (use.kind === 'Cluster' || use.kind === 'ObjectStore')
    return workspace.named(use.kind, name).some(each => mayShareContext(each, entry) && mayShareNamespace(each, entry));
  return use.kind === 'member' && isSide(entry) && members(workspace, entry).some(member => idOf(member) === name);
};

/** All uses of the same name for the same thing, that of the position too. */
function related(workspace: Workspace, found: Found): Found[] {
  const { entry, use } = found;
  const same = entriesFor(workspace, found).flatMap(each =>
    namesIn(each)
      .filter(({ kind, name }) => kind === use.kind && name === use.name)
      .map(other => ({ entry: each, use: other })),
  );
  return same.some(each => each.entry === entry) ? same : [found, ...same];
}

/** The documents in which the name means the same. */
function entriesFor(workspace: Workspace, { entry, use }: Found): Entry[] {
  switch (use.kind) {
    case 'member':
      return isSide(entry) ? topologyOf(workspace, entry, use.name) : [entry];
    case 'Cluster': {
      const cluster = entry.kind === 'Cluster' ? entry : clusterOfSatellite(workspace, entry, use.name);
      return cluster
        ? [
            cluster,
            ...workspace
              .satellites(cluster.name)
              .filter(each => clusterOfSatellite(workspace, each, cluster.name) === cluster),
          ]
        : [entry];
    }
    case 'ObjectStore': {
      const store = entry.kind === 'ObjectStore' ? entry : storeEntry(workspace, entry, use.name);
      const users = workspace.using(use.name).filter(each => storeEntry(workspace, each, use.name) === store);
      return store ? [store, ...users] : [entry];
    }
    case 'Secret':
      return inPlace(workspace, entry);
    default: {
      const cluster = entry.kind === 'Cluster' ? entry : clusterOfSatellite(workspace, entry, clusterNameOf(entry));
      if (!cluster || !isSide(cluster)) return [entry];
      return members(workspace, cluster).flatMap(member => [member, ...satellitesOf(workspace, member)]);
    }
  }
}

/** The members, as far as they mean the same Cluster by the name. */
function topologyOf(workspace: Workspace, side: Side, name: string): Entry[] {
  const meant = (each: Side): Side | undefined => (idOf(each) === name ? each : clusterCalled(workspace, each, name));
  const target = meant(side);
  return members(workspace, side).filter(member => member === side || meant(member) === target);
}

const clusterNameOf = (entry: Entry): string => namesIn(entry).find(({ kind }) => kind === 'Cluster')?.name ?? '';

function storeEntry(workspace: Workspace, from: Entry, name: string): Entry | undefined {
  const lookup = objectStore(workspace, from, name);
  return lookup.state === 'found' ? lookup.entry : undefined;
}

/** Documents that are applied into the same namespace; without a word about contexts those of the same folder. */
const inPlace = (workspace: Workspace, entry: Entry): Entry[] =>
  [...workspace.uris()]
    .flatMap(uri => workspace.entriesIn(uri))
    .filter(
      each =>
        mayShareNamespace(each, entry) &&
        (entry.context === undefined ? folderOf(each.uri) === folderOf(entry.uri) : each.context === entry.context),
    );

const folderOf = (uri: string): string => uri.slice(0, uri.lastIndexOf('/'));

const secretPlaces = (workspace: Workspace, { entry, use }: Found): Place[] =>
  workspace
    .neighbours('Secret')
    .filter(secret => secret.name === use.name && mayShareContext(secret, entry) && mayShareNamespace(secret, entry))
    .map(({ uri, line }) => ({
      uri,
      range: { start: { line, character: 0 }, end: { line, character: 0 } },
    }));

function distinct(places: readonly Place[]): Place[] {
  const seen = new Map(places.map(place => [JSON.stringify(place), place]));
  return [...seen.values()];
}

export interface Link {
  range: Range;
  target: Place;
}

/** Names in a file whose object is defined in another document. */
export const linksIn = (workspace: Workspace, file: ManifestFile): Link[] =>
  file.documents.flatMap(document => {
    const entry = workspace.entryOf(document);
    return (entry ? namesIn(entry) : [])
      .filter(({ kind, defines }) => !defines && ['member', 'Cluster', 'ObjectStore'].includes(kind))
      .flatMap(use => {
        const target =
          entry && related(workspace, { entry, use }).find(each => each.use.defines && each.entry !== entry);
        return entry && target ? [{ range: placeOfUse({ entry, use }).range, target: placeOfUse(target) }] : [];
      });
  });

export interface NamedPlace extends Place {
  name: string;
  kind: NameKind | 'object';
  /** Kind of the object, and where it is. */
  container: string;
}

/** @param query as people type it: all its letters in this order, in any case */
export function symbolsIn(workspace: Workspace, query: string, most = 200): NamedPlace[] {
  const wanted = query.toLowerCase();
  const found: NamedPlace[] = [];
  for (const uri of workspace.uris())
    for (const entry of workspace.entriesIn(uri)) {
      const { kind, name, namespace, document } = entry;
      const container = namespace === undefined ? kind : `${kind} in ${namespace}`;
      const own = { name, kind: 'object' as const, container, uri, range: valueRange(document, ['metadata', 'name']) };
      const inner = namesIn(entry)
        .filter(use => isEntryName(use) || (use.defines && ['tablespace', 'role'].includes(use.kind)))
        .map(use => ({ name: use.name, kind: use.kind, container: `${kind} ${name}`, ...placeOfUse({ entry, use }) }));
      found.push(...[own, ...inner].filter(each => hasLetters(each.name.toLowerCase(), wanted)));
      if (found.length >= most) return found.slice(0, most);
    }
  return found;
}

function hasLetters(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
