import * as vscode from 'vscode';
import type { FaultControl, PlaygroundFault } from '../model/playground-fault.ts';
import { faultControlFile } from '../model/playground-fault.ts';

/** Milliseconds until a playground must have answered. */
const limit = 10_000;

/**
 * Breaks something in the playground of this window, or of `npm start` and the command line, and repairs it again: to see what the
 * product says of it, and to practise.
 * @param kubeconfigs a playground's has its faults beside it
 */
export const breakPlayground = (kubeconfigs: () => readonly string[]) => async (): Promise<void> => {
  const control = await controlBeside(kubeconfigs());
  if (!control) {
    void vscode.window.showInformationMessage('No playground runs here: "CNPG: Start Playground" starts one.');
    return;
  }
  const picked = await vscode.window.showQuickPick(
    (await ask(control, 'GET', '')).map(fault => ({
      fault,
      label: `$(${fault.on === undefined ? 'zap' : fault.on ? 'debug-restart' : 'circle-slash'}) ${fault.title}`,
      ...(fault.on && { description: 'is so now: repair it' }),
    })),
    { title: 'Break the Playground', placeHolder: 'What goes wrong, or is repaired' },
  );
  if (picked) await ask(control, 'POST', encodeURIComponent(picked.fault.id));
};

async function controlBeside(kubeconfigs: readonly string[]): Promise<FaultControl | undefined> {
  for (const file of kubeconfigs.filter(each => /[\\/]playground\.kubeconfig$/.test(each))) {
    const beside = vscode.Uri.joinPath(vscode.Uri.file(file), '..', faultControlFile);
    const bytes = await vscode.workspace.fs.readFile(beside).then(
      read => read,
      () => undefined,
    );
    if (!bytes) continue;
    const control = JSON.parse(new TextDecoder().decode(bytes)) as FaultControl;
    if (new URL(control.url).hostname === '127.0.0.1') return control;
  }
  return undefined;
}

/** @throws Error when the playground does not answer, or refuses */
async function ask({ url, token }: FaultControl, method: string, id: string): Promise<PlaygroundFault[]> {
  const response = await fetch(`${url}/${id}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(limit),
  }).catch((error: unknown) => {
    throw new Error(`The playground at ${url} does not answer: it has ended, start it again.`, { cause: error });
  });
  const answer: unknown = await response.json();
  if (!response.ok || !Array.isArray(answer)) throw new Error(`The playground refuses: ${JSON.stringify(answer)}`);
  return answer as PlaygroundFault[];
}
