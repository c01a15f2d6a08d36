/** Refactorings as code actions: offered at once, worked out when they are chosen. */
import type {
  ClientCapabilities,
  CodeAction,
  CodeActionContext,
  Position,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { CodeActionKind } from 'vscode-languageserver/node';
import type { Changes, ManifestFile, Workspace } from '../language/index.ts';
import { refactored, refactoringsAt } from '../language/index.ts';

export interface Refactorings {
  offered(uri: string, position: Position, context: CodeActionContext): CodeAction[];
  /** @param action one that was offered, or a quick fix, which is complete */
  resolved(action: CodeAction): CodeAction;
}

export interface RefactoringOptions {
  workspace: Workspace;
  /** The text as it is now, in the index too. */
  fileOf: (uri: string) => ManifestFile;
  capabilities: () => ClientCapabilities;
  /** Editors do not show why an action that was chosen cannot be done. */
  tell: (message: string) => void;
}

/** Travels to the client and back. */
interface Chosen {
  refactoring: string;
  uri: string;
  position: Position;
}

export function createRefactorings({ workspace, fileOf, capabilities, tell }: RefactoringOptions): Refactorings {
  const canResolve = (): boolean =>
    capabilities().textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true;
  const canCreate = (): boolean => {
    const edits = capabilities().workspace?.workspaceEdit;
    return edits?.documentChanges === true && edits.resourceOperations?.includes('create') === true;
  };
  const showsDisabled = (): boolean => capabilities().textDocument?.codeAction?.disabledSupport === true;

  function editFor({ refactoring, uri, position }: Chosen): WorkspaceEdit | undefined {
    const changes = refactored(workspace, fileOf(uri), position, refactoring);
    return changes && (changes.created.length === 0 || canCreate()) ? editOf(changes) : undefined;
  }

  return {
    offered(uri, position, { only }) {
      return refactoringsAt(workspace, fileOf(uri), position)
        .filter(({ kind, disabled }) => isWanted(kind, only) && (disabled === undefined || showsDisabled()))
        .flatMap(({ id, kind, title, disabled }): CodeAction[] => {
          const chosen: Chosen = { refactoring: id, uri, position };
          if (disabled !== undefined) return [{ title, kind, disabled: { reason: disabled } }];
          if (canResolve()) return [{ title, kind, data: chosen }];
          const edit = editFor(chosen);
          return edit ? [{ title, kind, edit }] : [];
        });
    },
    resolved(action) {
      const chosen = action.data as Partial<Chosen> | undefined;
      if (chosen?.refactoring === undefined || action.edit) return action;
      const edit = editFor(chosen as Chosen);
      if (edit) return { ...action, edit };
      tell(`${action.title}: nothing was changed. ${noSafeEdit}`);
      return { ...action, disabled: { reason: noSafeEdit } };
    },
  };
}

const noSafeEdit =
  'No safe edit is known for this layout: where something has to be added or taken out stands flow style ({ }, [ ]), an anchor or an alias.';

const isWanted = (kind: CodeActionKind, only: readonly CodeActionKind[] | undefined): boolean =>
  only === undefined ||
  only.some(each => kind === each || kind.startsWith(`${each}.`) || each === CodeActionKind.Empty);

const nowhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

const editOf = ({ edits, created }: Changes): WorkspaceEdit =>
  created.length === 0
    ? { changes: Object.fromEntries(edits) }
    : {
        documentChanges: [
          ...created.flatMap(({ uri, text }) => [
            { kind: 'create' as const, uri },
            { textDocument: { uri, version: null }, edits: [{ range: nowhere, newText: text }] },
          ]),
          ...[...edits].map(([uri, each]) => ({ textDocument: { uri, version: null }, edits: each })),
        ],
      };
