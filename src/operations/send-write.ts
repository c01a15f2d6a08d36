/** Sends a write, or only asks the API server whether it would take it. */
import { messageOf } from '../errors.ts';
import type { Connection } from '../kubernetes/contract.ts';
import type { CreateWrite, DeleteWrite, PatchWrite, Write } from './write.ts';

/** What a patch needs of a connection. */
export type PatchApi = Pick<Connection, 'patch'>;
export type WriteApi = Pick<Connection, 'patch' | 'create' | 'delete'>;

/** @returns the API server's warnings */
export async function sendPatch(
  api: PatchApi,
  write: PatchWrite,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<{ warnings: string[] }> {
  const { kind, target, subresource, resourceVersion, patch } = write;
  return api.patch(
    {
      kind,
      namespace: target.namespace,
      name: target.name,
      ...(subresource && { subresource }),
      ...(resourceVersion !== undefined && !dryRun && { resourceVersion }),
      patch,
    },
    { dryRun },
    signal,
  );
}

export function sendWrite(
  api: WriteApi,
  write: Write,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<{ warnings: string[] }> {
  if (write.verb === 'patch') return sendPatch(api, write, dryRun, signal);
  return write.verb === 'create' ? sendCreate(api, write, dryRun, signal) : sendDelete(api, write, dryRun, signal);
}

const sendCreate = (api: WriteApi, { kind, object }: CreateWrite, dryRun: boolean, signal: AbortSignal) =>
  api.create(kind, object, { dryRun }, signal);

async function sendDelete(
  api: WriteApi,
  { kind, target, uid }: DeleteWrite,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<{ warnings: string[] }> {
  await api.delete(kind, target.namespace, target.name, { dryRun, ...(uid !== undefined && { uid }) }, signal);
  return { warnings: [] };
}

/** What the API server says against it; `undefined`: it would take it. */
export async function refusalOf(send: Promise<unknown>, signal: AbortSignal): Promise<string | undefined> {
  try {
    await send;
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error);
  }
}
