/** Listings of WAL archives as documents: what they are made of stays at hand, for hover, outline, folding and links. */
import * as vscode from 'vscode';
import type { JudgedArchive } from '../model/archive-answers.ts';
import { ask } from '../model/archive-answers.ts';
import type { Section } from '../model/archive-lines.ts';
import { sectionsOf, wordAt } from '../model/archive-lines.ts';
import type { ArchiveReading } from '../model/archive-reading.ts';
import { readingOf } from '../model/archive-reading.ts';
import { createTextDocuments } from './text-documents.ts';
import { tooltipMarkdown } from './tree/tooltip.ts';

export const archiveScheme = 'cnpg-wal';
/** A small file of an archive: `backup.info`, a history file. Its key is the path, the archive is in the query. */
export const archiveFileScheme = 'cnpg-wal-file';
/** What an archive's listing said before it was read again. */
export const earlierScheme = 'cnpg-wal-earlier';

const forgotten =
  '# This listing is from an earlier window.\n# Run "CNPG: Refresh WAL Archive Listing" to read the archive again.\n';

export interface ArchiveDocuments extends vscode.Disposable {
  /** A page that is no listing yet: the archive is large. */
  setOutline(uri: vscode.Uri, text: string): void;
  setListing(uri: vscode.Uri, text: string, archive: JudgedArchive): void;
  show(uri: vscode.Uri, beside?: boolean): Promise<void>;
  /** What the listing was made of; `undefined`: it is not known in this window. */
  archiveOf(uri: vscode.Uri): JudgedArchive | undefined;
  /** The listing as it was before it was last read; `undefined`: it was read once. */
  earlierOf(uri: vscode.Uri): vscode.Uri | undefined;
  /** What the newest listing found, also when its document is closed; `undefined`: it was not read in this window. */
  readingOf(uri: vscode.Uri): ArchiveReading | undefined;
  /** A listing was read. */
  onDidRead: vscode.Event<void>;
}

/** @param readFile content of a small file. Rejects with a `Failure` */
export function createArchiveDocuments(
  readFile: (uri: vscode.Uri, signal: AbortSignal) => Promise<string>,
): ArchiveDocuments {
  const documents = createTextDocuments([archiveScheme, earlierScheme], forgotten);
  const archives = new Map<string, { archive: JudgedArchive; text: string }>();
  const earlier = new Map<string, string>();
  const readings = new Map<string, ArchiveReading>();
  const read = new vscode.EventEmitter<void>();
  const archiveOf = (uri: vscode.Uri): JudgedArchive | undefined => archives.get(uri.toString())?.archive;
  const selector = { language: archiveScheme };
  const registered = vscode.Disposable.from(
    documents,
    read,
    vscode.languages.registerHoverProvider(selector, {
      provideHover: (at, where) => hover(at, where, archiveOf(at.uri)),
    }),
    vscode.languages.registerDocumentSymbolProvider(selector, { provideDocumentSymbols: symbols }),
    vscode.languages.registerFoldingRangeProvider(selector, {
      provideFoldingRanges: document =>
        sectionsOf(linesOf(document)).map(({ from, to }) => new vscode.FoldingRange(from, to)),
    }),
    vscode.languages.registerDocumentLinkProvider(selector, {
      provideDocumentLinks: document => links(document, archiveOf(document.uri)),
    }),
    vscode.workspace.registerTextDocumentContentProvider(archiveFileScheme, {
      provideTextDocumentContent: (uri, cancellation) => {
        const stop = new AbortController();
        cancellation.onCancellationRequested(() => stop.abort());
        return readFile(uri, AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]));
      },
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      archives.delete(uri.toString());
      earlier.delete(uri.toString());
    }),
  );
  return {
    setOutline: (uri, text) => documents.set(uri, text),
    setListing(uri, text, archive) {
      const before = archives.get(uri.toString());
      if (before) {
        documents.set(uri.with({ scheme: earlierScheme }), before.text);
        earlier.set(uri.toString(), before.text);
      }
      archives.set(uri.toString(), { archive, text });
      documents.set(uri, text);
      readings.set(uri.toString(), readingOf(archive));
      read.fire();
    },
    show: (uri, beside) => documents.show(uri, archiveScheme, beside),
    archiveOf,
    readingOf: uri => readings.get(uri.toString()),
    onDidRead: read.event,
    earlierOf(uri) {
      const text = earlier.get(uri.toString());
      if (text === undefined) return undefined;
      const before = uri.with({ scheme: earlierScheme });
      // Its document may have been closed since, and its text with it.
      documents.set(before, text);
      return before;
    },
    dispose: () => registered.dispose(),
  };
}

export const linesOf = (document: vscode.TextDocument): string[] => document.getText().split('\n');

function hover(
  document: vscode.TextDocument,
  { line, character }: vscode.Position,
  archive: JudgedArchive | undefined,
): vscode.Hover | undefined {
  const found = wordAt(document.lineAt(line).text, character);
  const answer = found && archive && ask(found.word, archive);
  if (!found || typeof answer !== 'object') return undefined;
  const text = new vscode.MarkdownString(tooltipMarkdown([answer.title, ...answer.facts]));
  return new vscode.Hover(text, new vscode.Range(line, found.from, line, found.to));
}

const kinds: Record<Section['parts'][number]['kind'], vscode.SymbolKind> = {
  gap: vscode.SymbolKind.Event,
  run: vscode.SymbolKind.Array,
  backup: vscode.SymbolKind.Package,
  finding: vscode.SymbolKind.Key,
};

function symbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
  const rangeOf = (from: number, to = from): vscode.Range =>
    new vscode.Range(document.lineAt(from).range.start, document.lineAt(to).range.end);
  return sectionsOf(linesOf(document)).map(({ title, from, to, parts }) => {
    const symbol = new vscode.DocumentSymbol(title, '', vscode.SymbolKind.Namespace, rangeOf(from, to), rangeOf(from));
    symbol.children = parts.map(
      each => new vscode.DocumentSymbol(each.title, '', kinds[each.kind], rangeOf(each.line), rangeOf(each.line)),
    );
    return symbol;
  });
}

/** From a base backup to its `backup.info`, from a timeline's parent to the history file. */
function links(document: vscode.TextDocument, archive: JudgedArchive | undefined): vscode.DocumentLink[] {
  if (!archive) return [];
  const fileOf = (key: string): vscode.Uri => document.uri.with({ scheme: archiveFileScheme, path: `/${key}` });
  const found: vscode.DocumentLink[] = [];
  const add = (line: number, text: string, word: string, key: string, tooltip: string): void => {
    const at = text.indexOf(word);
    const link = new vscode.DocumentLink(new vscode.Range(line, at, line, at + word.length), fileOf(key));
    link.tooltip = tooltip;
    found.push(link);
  };
  let timeline = 0;
  for (const [line, text] of linesOf(document).entries()) {
    timeline = Number(/^## Timeline (\d+)$/.exec(text)?.[1] ?? timeline);
    const id = /^(\d{8}T\d{6}) /.exec(text)?.[1];
    const listed = id === undefined ? undefined : archive.listing.backups.find(each => each.id === id);
    if (id !== undefined && listed?.problem === undefined)
      add(line, text, id, `base/${id}/backup.info`, 'Open backup.info');
    const history = archive.listing.timelines.find(each => each.timeline === timeline)?.historyKey;
    const parent = /^Parent: +(timeline \d+)/.exec(text)?.[1];
    if (parent !== undefined && history !== undefined) add(line, text, parent, history, 'Open the history file');
  }
  return found;
}
