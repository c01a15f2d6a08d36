/** The topologies that the manifests of the workspace describe, for pictures that are open. */
import * as vscode from 'vscode';
import type { LanguageService } from '../language-client.ts';
import type { WrittenTopology } from '../../model/written-topology.ts';

export interface Manifests {
  /** As last read. */
  current(): readonly WrittenTopology[];
  /** Reads them now. */
  read(): Promise<readonly WrittenTopology[]>;
  /** Reads them now, and again when manifests change, until it is disposed of. */
  follow(changed: () => void): vscode.Disposable;
}

/** Milliseconds: after a keystroke; while the language server has not read all of the workspace; and how often that is awaited. */
const waits = { typing: 500, reading: 500, attempts: 20 };

export function createManifests(language: () => Promise<Pick<LanguageService, 'topologies'>>): Manifests {
  const followers = new Set<() => void>();
  let known: readonly WrittenTopology[] = [];
  let timer: NodeJS.Timeout | undefined;
  let watching: vscode.Disposable | undefined;

  async function read(): Promise<readonly WrittenTopology[]> {
    for (let attempt = 0; ; attempt++) {
      const { topologies, complete } = await (await language()).topologies();
      known = topologies;
      if (complete || attempt >= waits.attempts) return known;
      await new Promise(resolve => setTimeout(resolve, waits.reading));
    }
  }
  async function readAndTell(): Promise<void> {
    const before = JSON.stringify(known);
    // Without the language server there is only what is observed.
    await read().catch(() => undefined);
    if (JSON.stringify(known) !== before) for (const changed of followers) changed();
  }
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void readAndTell(), waits.typing);
  };
  function watch(): vscode.Disposable {
    const files = vscode.workspace.createFileSystemWatcher('**/*.{yaml,yml}');
    return vscode.Disposable.from(
      files,
      files.onDidChange(soon),
      files.onDidCreate(soon),
      files.onDidDelete(soon),
      vscode.workspace.onDidChangeTextDocument(({ document }) => document.languageId === 'yaml' && soon()),
      { dispose: () => clearTimeout(timer) },
    );
  }
  return {
    current: () => known,
    read,
    follow(changed) {
      followers.add(changed);
      watching ??= watch();
      void readAndTell();
      return new vscode.Disposable(() => {
        followers.delete(changed);
        if (followers.size > 0) return;
        watching?.dispose();
        watching = undefined;
      });
    },
  };
}
