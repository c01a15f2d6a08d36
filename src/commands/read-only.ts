import * as vscode from 'vscode';
import { Failure } from '../errors.ts';

/** @throws Failure when the setting `cnpg.readOnly` forbids every write */
export function refuseWhenReadOnly(title: string): void {
  if (!vscode.workspace.getConfiguration('cnpg').get<boolean>('readOnly')) return;
  throw new Failure('read-only', {
    what: `${title}: nothing can be changed`,
    why: 'The setting cnpg.readOnly is on.',
    remedy: 'Switch it off to change anything in Kubernetes.',
  });
}
