/** What a manifest means, at the end of lines that do not say it themselves. */
import type { InlayHint } from 'vscode-languageserver-types';
import { isReplicaCluster } from '../model/cluster.ts';
import { scheduleWords } from '../model/cron.ts';
import { decodeToken } from '../model/token.ts';
import type { ManifestDocument, ManifestFile, Path, Range } from './manifest.ts';
import { isOurs, placeOf, valueAt, valueRange } from './manifest.ts';
import { clusterOf } from './sound.ts';

/** @param within lines that are on screen */
export const inlayHints = (file: ManifestFile, within: Range): InlayHint[] =>
  file.documents
    .filter(document => isOurs(document) && document.startLine <= within.end.line)
    .flatMap(hintsOf)
    .filter(({ position: { line } }) => line >= within.start.line && line <= within.end.line);

const hintsOf = (document: ManifestDocument): InlayHint[] => [
  ...hint(document, ['metadata', 'name'], roleWords(document)),
  ...hint(document, ['spec', 'replica', 'promotionToken'], tokenWords(document)),
  ...hint(document, ['spec', 'schedule'], cronWords(document)),
];

function hint(document: ManifestDocument, path: Path, words: string | undefined): InlayHint[] {
  if (words === undefined || !placeOf(document, path)?.value) return [];
  return [{ position: valueRange(document, path).end, label: words, paddingLeft: true }];
}

/** Who is primary by these files. */
function roleWords(document: ManifestDocument): string | undefined {
  const cluster = document.kind === 'Cluster' ? clusterOf(document) : undefined;
  if (!cluster?.spec.replica) return undefined;
  if (!isReplicaCluster(cluster)) return 'primary';
  const { source } = cluster.spec.replica;
  // A patch, or a stanza that is being written: what it will be is not to be read here.
  return source ? `replica of ${source}` : undefined;
}

function tokenWords(document: ManifestDocument): string | undefined {
  const value = valueAt(document.value, ['spec', 'replica', 'promotionToken']);
  if (typeof value !== 'string') return undefined;
  const token = decodeToken(value);
  return typeof token === 'string'
    ? undefined
    : `timeline ${token.latestCheckpointTimelineID}, LSN ${token.latestCheckpointREDOLocation}`;
}

function cronWords(document: ManifestDocument): string | undefined {
  const value = valueAt(document.value, ['spec', 'schedule']);
  if (document.kind !== 'ScheduledBackup' || typeof value !== 'string') return undefined;
  const words = scheduleWords(value);
  return words.startsWith('no schedule') ? undefined : words;
}
