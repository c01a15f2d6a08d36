/** Opens the page of a diagnostic's code: what is refused or warned about, why, what to do, with examples. */
import * as vscode from 'vscode';
import { Failure } from '../errors.ts';

/** @param extension its folder; the build puts the pages into `dist/rules` */
export const explainRule = (extension: vscode.Uri) => async (code?: unknown) => {
  const folder = vscode.Uri.joinPath(extension, 'dist', 'rules');
  const pages = await vscode.workspace.fs.readDirectory(folder);
  const names = pages.map(([name]) => name.replace(/\.md$/, ''));
  const wanted = typeof code === 'string' ? code.replaceAll('/', '-') : await ask(folder, names);
  if (wanted === undefined) return;
  if (!names.includes(wanted))
    throw new Failure('no-page', {
      what: `There is no page about ${wanted}`,
      why: 'It is no code of a CloudNativePG diagnostic.',
      remedy: 'Choose one from the list of CNPG: Explain Rule….',
    });
  await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.joinPath(folder, `${wanted}.md`));
};

async function ask(folder: vscode.Uri, names: readonly string[]): Promise<string | undefined> {
  const items = await Promise.all(
    names.map(async name => {
      const text = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, `${name}.md`));
      const [, code = name, title = ''] = /^# (\S+): (.*)/.exec(new TextDecoder().decode(text)) ?? [];
      return { label: code, description: title, name };
    }),
  );
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Explain a rule',
    placeHolder: 'Code of a diagnostic, or a word of what it is about',
    matchOnDescription: true,
  });
  return picked?.name;
}
