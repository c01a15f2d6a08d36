import * as vscode from 'vscode';
import { renderHistory } from '../model/run-history.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import type { RunHistory } from './run-history.ts';

export const historyScheme = 'cnpg-history';
export const forgottenHistory =
  '# This page is from an earlier window.\n# Run "CNPG: Show Promotion History" to see it as it is now.\n';

const page = vscode.Uri.from({ scheme: historyScheme, path: '/Promotion history.md' });

/** Opens the history as a page and offers it as a file. */
export const showPromotionHistory = (history: RunHistory, documents: TextDocuments) => async (): Promise<void> => {
  const entries = history.all();
  documents.set(page, renderHistory(entries));
  await documents.show(page, 'markdown');
  if (entries.length === 0) return;
  const markdown = 'Save as Markdown…';
  const json = 'Save as JSON…';
  const answer = await vscode.window.showInformationMessage(
    `${entries.length} promotion${entries.length === 1 ? '' : 's'} recorded on this machine.`,
    markdown,
    json,
  );
  if (answer === markdown) await save('promotion-history.md', renderHistory(entries));
  if (answer === json) await save('promotion-history.json', `${JSON.stringify(entries, undefined, 2)}\n`);
};

async function save(name: string, text: string): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const target = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
  });
  if (target) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
