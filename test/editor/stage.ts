/** VS Code with the packaged extension on a playground of its own, for the tests of one file. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installVsCode } from '../../scripts/vscode/install.ts';
import type { VsCodeServer, VsCodeServerOptions } from '../../scripts/vscode/server.ts';
import { startVsCode } from '../../scripts/vscode/server.ts';
import { startPlayground } from '../../src/simulator/index.ts';
import { findChromium, launchBrowser, Workbench } from './workbench.ts';

export interface Stage {
  playground: Awaited<ReturnType<typeof startPlayground>>;
  /** The folder that VS Code shows: manifests of the playground. */
  workspace: string;
  server: VsCodeServer;
  workbench: Workbench;
  close(): Promise<void>;
}

/**
 * @param name of the folder in test-results that gets the screenshots and the console of the browser
 * @param prepare is given the home of VS Code, not yet there, and may add to how it starts
 */
export async function openStage(
  name: string,
  prepare: (home: string) => Pick<VsCodeServerOptions, 'env' | 'settings'> = () => ({}),
): Promise<Stage> {
  const root = path.resolve(import.meta.dirname, '../..');
  const shots = path.join(root, 'test-results', name);
  const state = fs.mkdtempSync(path.join(os.tmpdir(), `cnpg-${name}-`));
  const workspace = path.join(state, 'workspace');
  const home = path.join(state, 'vscode');
  const closing: (() => unknown)[] = [
    () => fs.rmSync(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  ];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    fs.rmSync(shots, { recursive: true, force: true });
    installVsCode();
    const playground = await startPlayground({ directory: workspace, speed: 4 });
    closing.push(() => playground.stop());
    const { env, settings } = prepare(home);
    const server = await startVsCode({
      root: home,
      install: [path.join(root, 'dist/cnpg-replica-clusters.vsix')],
      env: { KUBECONFIG: playground.kubeconfig, ...env },
      ...(settings && { settings }),
    });
    closing.push(() => server.stop());
    const browser = await launchBrowser(findChromium() ?? '');
    closing.push(() => browser.close());
    const workbench = await Workbench.open(browser, server, { folder: workspace, shots });
    closing.push(async () => {
      await workbench.shot('end').catch(() => undefined);
      fs.writeFileSync(path.join(shots, 'console.log'), workbench.console.join('\n'));
    });
    return { playground, workspace, server, workbench, close };
  } catch (error) {
    await close();
    throw error;
  }
}
