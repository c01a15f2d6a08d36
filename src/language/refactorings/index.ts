/** What can be done with a Cluster as a whole, over all files that it takes. */
import type { ManifestFile, Position } from '../manifest.ts';
import { pathAt } from '../manifest.ts';
import { isSide } from '../sides.ts';
import type { Workspace } from '../workspace.ts';
import { barmanToPlugin, extractObjectStore } from './barman-to-plugin.ts';
import { explicitNames } from './explicit-names.ts';
import { makeOtherSide } from './make-other-side.ts';
import type { Changes, Offer, Refactoring, Subject } from './refactoring.ts';
import { standaloneToDistributed } from './standalone-to-distributed.ts';

export type { Changes };

const refactorings: readonly Refactoring[] = [
  makeOtherSide,
  barmanToPlugin,
  extractObjectStore,
  standaloneToDistributed,
  explicitNames,
];

export interface OfferedRefactoring extends Offer {
  id: string;
  kind: Refactoring['kind'];
}

export function refactoringsAt(workspace: Workspace, file: ManifestFile, position: Position): OfferedRefactoring[] {
  const subject = subjectAt(workspace, file, position);
  if (!subject) return [];
  return refactorings.flatMap(({ id, kind, offer }) => {
    const offered = offer(subject);
    return offered ? [{ id, kind, ...offered }] : [];
  });
}

/** @returns `undefined` when it is not offered any more, or when the text is laid out so that no safe edit is known */
export function refactored(
  workspace: Workspace,
  file: ManifestFile,
  position: Position,
  id: string,
): Changes | undefined {
  const subject = subjectAt(workspace, file, position);
  const refactoring = refactorings.find(each => each.id === id);
  return subject && refactoring?.offer(subject) ? refactoring.change(subject) : undefined;
}

function subjectAt(workspace: Workspace, file: ManifestFile, position: Position): Subject | undefined {
  const at = pathAt(file, position);
  const entry = at && workspace.entryOf(at.document);
  return entry && isSide(entry) && !entry.rewritten ? { workspace, side: entry, path: at.path } : undefined;
}
