/** The setting `cnpg.members`. */
import * as vscode from 'vscode';
import type { Bindings } from '../model/topology.ts';

/** Settings are what somebody typed: anything that is no name with a place is left out. */
export function configuredBindings(): Bindings {
  const setting = vscode.workspace.getConfiguration('cnpg').get<unknown>('members');
  if (typeof setting !== 'object' || setting === null) return {};
  return Object.fromEntries(
    Object.entries(setting).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
    ),
  );
}
