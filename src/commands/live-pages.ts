/** Pages about one object as the API server has it: its address is in the page's own, so that it can be read again. */
import * as vscode from 'vscode';
import type { ObjectReference } from '../model/object-reference.ts';
import type { WatchedKind } from '../model/snapshot.ts';
import { watchedKinds } from '../model/snapshot.ts';

export const liveScheme = 'cnpg-live';
export const describeScheme = 'cnpg-describe';
export const logScheme = 'cnpg-log';

export const forgottenPage =
  '# This page is from an earlier window.\n# Run "CNPG: Refresh Document" (the button above) to read the object again.\n';

/** @param suffix after the object's name, as in `cluster-eu.yaml (eu)`: a tab shows no more than this */
export const pageUri = (scheme: string, reference: ObjectReference, suffix: string): vscode.Uri =>
  vscode.Uri.from({
    scheme,
    // A tab shows what follows the last slash.
    path: `/${reference.name}${suffix} (${reference.context.replaceAll('/', '∕')})`,
    query: JSON.stringify([reference.context, reference.kind, reference.namespace, reference.name]),
  });

/** @returns `undefined` for addresses that this extension did not make */
export function referenceOf(uri: vscode.Uri): ObjectReference | undefined {
  try {
    const parts: unknown = JSON.parse(uri.query);
    if (!Array.isArray(parts) || !parts.every(part => typeof part === 'string')) return undefined;
    const [context, kind, namespace, name] = parts;
    if (context === undefined || namespace === undefined || name === undefined || !isWatched(kind)) return undefined;
    return { context, kind, namespace, name };
  } catch {
    return undefined;
  }
}

const isWatched = (kind: string | undefined): kind is WatchedKind =>
  (watchedKinds as readonly (string | undefined)[]).includes(kind);

/** Milliseconds after which a notification says what is waited for: most answers are there before. */
const patience = 500;

/** @returns `undefined` when the user cancelled */
export async function withProgress<T>(
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  const result = work(controller.signal).catch((error: unknown) => {
    if (controller.signal.aborted) return undefined;
    throw error;
  });
  const waiting = await Promise.race([
    result.then(() => false),
    new Promise<true>(resolve => void setTimeout(() => resolve(true), patience)),
  ]);
  if (!waiting) return result;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_progress, cancellation) => {
      const cancelled = new Promise<undefined>(resolve =>
        cancellation.onCancellationRequested(() => {
          controller.abort();
          resolve(undefined);
        }),
      );
      return Promise.race([result, cancelled]);
    },
  );
}
