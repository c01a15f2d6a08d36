/** Where kustomizations of the workspace set `spec.replica` of a Cluster, and the text of such a place with other values. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { EditedText, ManifestFile, ObjectName, Range, ReplicaValues } from '../language/index.ts';
import {
  hasReplicaOperations,
  parseFile,
  replicaPatchesIn,
  withReplica,
  withReplicaInKustomization,
  withReplicaOperations,
} from '../language/index.ts';
import { isKustomization } from './kustomizations.ts';

export interface ReplicaPatchPlace {
  uri: string;
  range: Range;
  /** It is no manifest, but changes one. */
  patch: true;
}

/** @param openFile as the editor has it; `undefined`: it is only on disk */
export function replicaPatches(
  kustomizations: readonly string[],
  object: ObjectName,
  openFile: (uri: string) => ManifestFile | undefined,
): ReplicaPatchPlace[] {
  const read = (file: string): ManifestFile => openFile(pathToFileURL(file).href) ?? parseFile(textOf(file));
  return kustomizations.flatMap(kustomization =>
    replicaPatchesIn(read(kustomization), object).flatMap(({ range, path: named }): ReplicaPatchPlace[] => {
      if (named === undefined) return [{ uri: pathToFileURL(kustomization).href, range, patch: true }];
      const file = path.resolve(path.dirname(kustomization), named);
      return hasReplicaOperations(read(file)) ? [{ uri: pathToFileURL(file).href, range: beginning, patch: true }] : [];
    }),
  );
}

/** Of a manifest, a merge or operations, in a file of their own or in a kustomization. @param line as their definition says */
export function editedReplica(
  uri: string,
  file: ManifestFile,
  object: ObjectName,
  line: number,
  values: ReplicaValues,
): EditedText {
  if (uri.startsWith('file:') && isKustomization(fileURLToPath(uri)))
    return withReplicaInKustomization(file, line, values);
  return hasReplicaOperations(file) ? withReplicaOperations(file, values) : withReplica(file, object, line, values);
}

const beginning: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Bytes: a longer file is no patch that somebody wrote. */
const largest = 1 << 20;

/** What cannot be read sets nothing; Kustomize itself will complain. */
function textOf(file: string): string {
  try {
    return fs.statSync(file).size > largest ? '' : fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
