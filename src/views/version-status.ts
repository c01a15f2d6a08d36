/** Beside the language of a manifest: for which version of CloudNativePG it is checked, and why. */
import * as vscode from 'vscode';
import { messageOf } from '../errors.ts';
import type { VersionInForce } from './language-client.ts';

const manifests: vscode.DocumentSelector = [{ language: 'yaml' }, { language: 'json' }];

export function showVersion(
  versionOf: (uri: string) => Promise<VersionInForce | null>,
  log: (message: string) => void,
): vscode.Disposable {
  let item: vscode.LanguageStatusItem | undefined;

  async function update(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const isManifest = document !== undefined && vscode.languages.match(manifests, document) > 0;
    const found = isManifest ? await versionOf(document.uri.toString()) : null;
    if (!found) {
      item?.dispose();
      item = undefined;
      return;
    }
    item ??= vscode.languages.createLanguageStatusItem('cnpg.version', manifests);
    item.name = 'CloudNativePG version';
    item.text = found.checkedFor;
    item.detail = found.why;
    item.command = { title: 'Change', command: 'workbench.action.openSettings', arguments: ['cnpg.version'] };
  }

  const soon = (): void => {
    update().catch((error: unknown) => log(messageOf(error)));
  };
  soon();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(soon),
    // Each check of the server ends with this; a change of the version does as well.
    vscode.languages.onDidChangeDiagnostics(soon),
    { dispose: () => item?.dispose() },
  );
}
