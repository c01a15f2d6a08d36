/** Navigation over names as the protocol has it. */
import type { Connection, DocumentLink, SelectionRange, WorkspaceSymbol } from 'vscode-languageserver/node';
import { DocumentHighlightKind, ResponseError, SymbolKind } from 'vscode-languageserver/node';
import {
  definitionsAt,
  foldings,
  highlightsAt,
  linksIn,
  referencesAt,
  renameAt,
  renameRangeAt,
  selectionAt,
  symbolsIn,
} from '../language/index.ts';
import type { ManifestFile, NamedPlace, Workspace } from '../language/index.ts';

export const navigationCapabilities = {
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentLinkProvider: {},
  workspaceSymbolProvider: true,
  selectionRangeProvider: true,
  foldingRangeProvider: true,
} as const;

export interface NavigationOptions {
  workspace: Workspace;
  /** The text as it is now, in the index too. */
  fileOf: (uri: string) => ManifestFile;
  /** A fault in one feature is logged and answered with nothing. */
  answer: <T>(feature: string, otherwise: T, work: () => T) => T;
}

const symbolKinds: Record<NamedPlace['kind'], SymbolKind> = {
  object: SymbolKind.Class,
  Cluster: SymbolKind.Class,
  ObjectStore: SymbolKind.Class,
  Secret: SymbolKind.Key,
  member: SymbolKind.Interface,
  tablespace: SymbolKind.Module,
  role: SymbolKind.Key,
};

export function serveNavigation(connection: Connection, { workspace, fileOf, answer }: NavigationOptions): void {
  connection.onDefinition(({ textDocument: { uri }, position }) =>
    answer('definition', null, () => definitionsAt(workspace, fileOf(uri), position)),
  );
  connection.onReferences(({ textDocument: { uri }, position }) =>
    answer('references', null, () => referencesAt(workspace, fileOf(uri), position)),
  );
  connection.onDocumentHighlight(({ textDocument: { uri }, position }) =>
    answer('highlights', null, () =>
      highlightsAt(workspace, fileOf(uri), position).map(range => ({ range, kind: DocumentHighlightKind.Text })),
    ),
  );
  connection.onPrepareRename(({ textDocument: { uri }, position }) =>
    answer('rename', null, () => renameRangeAt(workspace, fileOf(uri), position) ?? null),
  );
  connection.onRenameRequest(({ textDocument: { uri }, position, newName }) => {
    const edits = answer<ReturnType<typeof renameAt>>('rename', new Map(), () =>
      renameAt(workspace, fileOf(uri), position, newName),
    );
    if (typeof edits === 'string') throw new ResponseError(invalidRequest, edits);
    return { changes: Object.fromEntries(edits) };
  });
  connection.onDocumentLinks(({ textDocument: { uri } }) =>
    answer<DocumentLink[]>('links', [], () =>
      linksIn(workspace, fileOf(uri)).map(({ range, target }) => ({
        range,
        target: `${target.uri}#L${target.range.start.line + 1}`,
      })),
    ),
  );
  connection.onWorkspaceSymbol(({ query }) =>
    answer<WorkspaceSymbol[]>('workspace symbols', [], () =>
      symbolsIn(workspace, query).map(({ name, kind, container, uri, range }) => ({
        name,
        kind: symbolKinds[kind],
        containerName: container,
        location: { uri, range },
      })),
    ),
  );
  connection.onFoldingRanges(({ textDocument: { uri } }) =>
    answer('folding', null, () => foldings(fileOf(uri)) ?? null),
  );
  connection.onSelectionRanges(({ textDocument: { uri }, positions }) =>
    answer<SelectionRange[]>('selection', [], () =>
      positions.map(position => {
        const ranges = selectionAt(fileOf(uri), position) ?? [{ start: position, end: position }];
        const outwards = ranges.reduceRight<SelectionRange | undefined>(
          (parent, range) => ({ range, ...(parent && { parent }) }),
          undefined,
        );
        return outwards ?? { range: { start: position, end: position } };
      }),
    ),
  );
}

/** JSON-RPC's code for what was asked wrongly; editors show its message. */
const invalidRequest = -32_600;
