import * as vscode from 'vscode';
import type { ActionLog } from '../action-log.ts';
import { renderActions } from '../model/actions.ts';
import type { TextDocuments } from '../views/text-documents.ts';
import { historyScheme } from './show-promotion-history.ts';

const page = vscode.Uri.from({ scheme: historyScheme, path: '/Action log.md' });
/** Older ones are in the file. */
const shown = 500;

/** Opens what was written to Kubernetes from this machine. */
export const showActionLog = (actions: ActionLog, documents: TextDocuments) => async (): Promise<void> => {
  documents.set(page, renderActions(actions.latest(shown), actions.file));
  await documents.show(page, 'markdown');
};
