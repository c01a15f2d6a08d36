/** The extension in real VS Code: activation in the extension host as VS Code reports it, memory of that host. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startPlayground } from '../../src/simulator/index.ts';
import { findChromium, launchBrowser, poll, Workbench } from '../../test/editor/workbench.ts';
import type { Figure } from '../bench.ts';
import { installVsCode } from '../vscode/install.ts';
import { startVsCode } from '../vscode/server.ts';
import { pssMegabytes } from './server.ts';

export async function* measure(root: string): AsyncIterable<Figure> {
  const chromium = findChromium();
  if (!chromium) {
    yield { figure: 'activation, memory of the extension host', value: 'left out:', unit: 'no Chromium found' };
    return;
  }
  installVsCode(() => undefined);
  const state = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-bench-'));
  const playground = await startPlayground({ directory: path.join(state, 'workspace') });
  const server = await startVsCode({
    root: path.join(state, 'vscode'),
    install: [path.join(root, 'dist/cnpg-replica-clusters.vsix')],
    env: { KUBECONFIG: playground.kubeconfig },
  });
  const browser = await launchBrowser(chromium);
  try {
    const w = await Workbench.open(browser, server, {
      folder: path.join(state, 'workspace'),
      shots: path.join(state, 'shots'),
    });
    await w.openFile('us/cluster-us.yaml');
    await w.page.locator('.codelens-decoration').first().waitFor();
    yield { figure: 'activation in the extension host, nothing opened', value: await activation(w), unit: 'ms' };
    yield { figure: 'memory of the extension host, activated', value: extensionHostMemory(state), unit: 'MB' };
    await w.activity('CloudNativePG');
    for (const context of ['eu', 'us']) await w.row(new RegExp(`^${context}not connected`)).click();
    await w.row(/cluster-us-1.*lag/).waitFor();
    yield {
      figure: 'memory of the extension host, both contexts connected',
      value: extensionHostMemory(state),
      unit: 'MB',
    };
  } finally {
    await browser.close();
    await server.stop();
    await playground.stop();
    fs.rmSync(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function activation(w: Workbench): Promise<string> {
  await w.command('Developer: Show Running Extensions');
  const list = w.page.locator('.runtime-extensions-editor .monaco-list');
  const row = list.locator('.monaco-list-row').filter({ hasText: 'CloudNativePG' });
  const time = await poll(async () => {
    const text = (await row.allInnerTexts()).join().replaceAll('\u00a0', ' ');
    const found = /Activation: (\d+)\s*ms/.exec(text)?.[1];
    if (found !== undefined) return found;
    // The slowest extensions come first, and only rows on screen exist.
    await list.hover();
    await w.page.mouse.wheel(0, 200);
    return undefined;
  }, 'activation time');
  // It opens above the workbench, and takes keys only when it has the focus.
  const above = w.page.locator('.monaco-modal-editor-block');
  await poll(async () => {
    await w.page.keyboard.press('Escape');
    return (await above.isVisible()) ? undefined : true;
  }, 'the end of the modal editor');
  return time;
}

/** The extension host whose command line names this run's state folder or whose parent does. */
function extensionHostMemory(state: string): string {
  for (const pid of fs.readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
      if (command.includes('--type=extensionHost') && environment.includes(state)) return pssMegabytes(Number(pid));
    } catch {
      // It ended meanwhile, or it is not ours.
    }
  }
  return 'unknown';
}
