/** Checks before a write: with a notification that can be cancelled, and a limit that says who did not answer. */
import * as vscode from 'vscode';
import type { Ask } from '../operations/questions.ts';
import { withinLimit } from '../operations/questions.ts';
import { abortSignalOf } from './cancellation.ts';

/** Milliseconds for all checks together. */
const limit = 60_000;

/** @returns `undefined` when the user cancelled */
export const checking = <T>(
  title: string,
  run: (signal: AbortSignal, ask: Ask) => Promise<T>,
): Thenable<T | undefined> =>
  vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Checking: ${title}`, cancellable: true },
    async (_progress, cancellation) => {
      try {
        return await withinLimit(title, limit, abortSignalOf(cancellation), run);
      } catch (error) {
        if (cancellation.isCancellationRequested) return undefined;
        throw error;
      }
    },
  );
