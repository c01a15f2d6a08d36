/** Commands on the listing of a WAL archive in the active editor. */
import * as vscode from 'vscode';
import { Failure } from '../errors.ts';
import type { Answer, JudgedArchive } from '../model/archive-answers.ts';
import { ask } from '../model/archive-answers.ts';
import { lineAbout } from '../model/archive-lines.ts';
import type { ArchiveDocuments } from '../views/archive-documents.ts';
import { archiveScheme, linesOf } from '../views/archive-documents.ts';

interface Listing extends JudgedArchive {
  editor: vscode.TextEditor;
}

/** @throws Failure when the active editor shows no listing that was made in this window */
function activeListing(documents: ArchiveDocuments, what: string): Listing {
  const editor = vscode.window.activeTextEditor;
  const archive = editor && documents.archiveOf(editor.document.uri);
  if (editor && archive) return { editor, ...archive };
  const isListing = editor?.document.uri.scheme === archiveScheme;
  throw new Failure('no-listing', {
    what,
    why: isListing ? 'This listing is from an earlier window.' : 'The active editor shows no listing of a WAL archive.',
    remedy: isListing ? 'Refresh it first.' : 'Open one with "CNPG: Open WAL Archive".',
  });
}

/** Asks for a segment, an LSN, a base backup or a time, says what it is to the archive and goes to its line. */
export const goToInWalArchive = (documents: ArchiveDocuments) => async (): Promise<void> => {
  const listing = activeListing(documents, 'Go to in WAL Archive');
  const answer = await askFor(listing);
  if (!answer) return;
  const { editor } = listing;
  const line = lineAbout(answer.about, linesOf(editor.document));
  if (line !== undefined) {
    const { range } = editor.document.lineAt(line);
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
  void vscode.window.showInformationMessage(
    [answer.title, ...answer.facts.map(([name, value]) => `${name}: ${value}`)].join(' · '),
  );
};

async function askFor(listing: Listing): Promise<Answer | undefined> {
  const typed = await vscode.window.showInputBox({
    title: 'Go to in WAL Archive',
    prompt: 'A segment (24 digits), an LSN, a base backup, or a time in UTC to recover to',
    placeHolder: listing.check.timelines.at(-1)?.last ?? '2026-11-25 01:02',
    validateInput: text => {
      const answer = text === '' ? undefined : ask(text, listing);
      return typeof answer === 'string' ? answer : undefined;
    },
  });
  const answer = typed === undefined || typed === '' ? undefined : ask(typed, listing);
  return typeof answer === 'object' ? answer : undefined;
}

/** The judgement as `archive check --format json` prints it. */
export const copyWalArchiveJson = (documents: ArchiveDocuments) => async (): Promise<void> => {
  const { check } = activeListing(documents, 'Copy WAL Archive as JSON');
  await vscode.env.clipboard.writeText(`${JSON.stringify(check, undefined, 2)}\n`);
};

/** The listing beside what it said before it was last read. */
export const compareWalArchive = (documents: ArchiveDocuments) => async (): Promise<void> => {
  const what = 'Compare WAL Archive with Earlier Listing';
  const { uri } = activeListing(documents, what).editor.document;
  const earlier = documents.earlierOf(uri);
  if (!earlier)
    throw new Failure('no-earlier', { what, why: 'It was read once in this window.', remedy: 'Refresh it later.' });
  await vscode.commands.executeCommand('vscode.diff', earlier, uri, `${uri.path.slice(1)}: earlier ↔ now`);
};
