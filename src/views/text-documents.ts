import * as vscode from 'vscode';

/** Read-only documents of own schemes whose text is set from outside, such as archive listings and promotion pages. */
export interface TextDocuments extends vscode.Disposable {
  /** Sets the text; an open editor follows. */
  set(uri: vscode.Uri, text: string): void;
  show(uri: vscode.Uri, language: string, beside?: boolean): Promise<void>;
}

/** @param forgotten text of a document whose content is not known, for example after a reload of the window */
export function createTextDocuments(schemes: string | readonly string[], forgotten: string): TextDocuments {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provide: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: uri => texts.get(uri.toString()) ?? forgotten,
  };
  const providers = [schemes]
    .flat()
    .map(scheme => vscode.workspace.registerTextDocumentContentProvider(scheme, provide));
  // A change of the language is told as closing and opening.
  const closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    const isOpen = vscode.workspace.textDocuments.some(other => other.uri.toString() === uri.toString());
    if (!isOpen) texts.delete(uri.toString());
  });
  return {
    set(uri, text) {
      texts.set(uri.toString(), text);
      changed.fire(uri);
    },
    async show(uri, language, beside = false) {
      const document = await vscode.languages.setTextDocumentLanguage(
        await vscode.workspace.openTextDocument(uri),
        language,
      );
      await vscode.window.showTextDocument(document, {
        preview: false,
        ...(beside && { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }),
      });
    },
    dispose: () => vscode.Disposable.from(...providers, closing, changed).dispose(),
  };
}
