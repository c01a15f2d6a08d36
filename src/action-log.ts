/** Every write that this extension sends to an API server, as a line of a file: who, when, what, and what was answered. */
import fs from 'node:fs';
import path from 'node:path';
import { messageOf } from './errors.ts';
import type { Connection } from './kubernetes/contract.ts';
import type { Action } from './model/actions.ts';
import { withoutPasswords } from './model/actions.ts';
import type { KubernetesObject } from './model/kubernetes.ts';

export interface ActionLog {
  append(action: Action): void;
  /** Newest first. */
  latest(count: number): Action[];
  file: string;
}

/** Bytes after which a new file is begun; the one before it is kept. */
const limit = 4 * 1024 * 1024;

/** @param report is told when it cannot be written: a write is never held back by its log */
export function createActionLog(folder: string, report: (message: string) => void): ActionLog {
  const file = path.join(folder, 'actions.jsonl');
  const before = path.join(folder, 'actions.before.jsonl');
  const linesOf = (of: string): string[] =>
    fs.existsSync(of)
      ? fs
          .readFileSync(of, 'utf8')
          .split('\n')
          .filter(line => line !== '')
      : [];
  return {
    file,
    append(action) {
      try {
        fs.mkdirSync(folder, { recursive: true });
        if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > limit) fs.renameSync(file, before);
        fs.appendFileSync(file, `${JSON.stringify(action)}\n`, { mode: 0o600 });
      } catch (error) {
        report(`The action log could not be written: ${messageOf(error)}`);
      }
    },
    latest(count) {
      const lines = linesOf(file);
      const all = lines.length < count ? [...linesOf(before), ...lines] : lines;
      return all.slice(-count).toReversed().flatMap(parsed);
    },
  };
}

/** A line that was cut off by a crash is left out. */
function parsed(line: string): Action[] {
  try {
    return [JSON.parse(line) as Action];
  } catch {
    return [];
  }
}

/** The connection, with each write that is no dry run told. */
export function recorded(connection: Connection, by: string, tell: (action: Action) => void): Connection {
  async function telling<T>(request: string, body: object | undefined, send: () => Promise<T>): Promise<T> {
    const at = new Date().toISOString();
    const { context } = connection;
    const said = (answer: string): void =>
      tell({ at, by, context, request, ...(body && { body: withoutPasswords(body) }), answer });
    try {
      const answer = await send();
      said('accepted');
      return answer;
    } catch (error) {
      said(messageOf(error));
      throw error;
    }
  }
  return {
    ...connection,
    get server() {
      return connection.server;
    },
    patch<T extends KubernetesObject>(...[write, how, signal]: Parameters<Connection['patch']>) {
      const send = () => connection.patch<T>(write, how, signal);
      const { kind, namespace, name, subresource } = write;
      const part = subresource ? `, ${subresource}` : '';
      return how.dryRun ? send() : telling(`PATCH ${kind} ${namespace}/${name}${part}`, write.patch, send);
    },
    apply: (object, how, signal) => {
      const send = () => connection.apply(object, how, signal);
      const { namespace = '', name } = object.metadata;
      return how.dryRun ? send() : telling(`APPLY ${object.kind ?? ''} ${namespace}/${name}`, object, send);
    },
    create: (kind, object, how, signal) => {
      const send = () => connection.create(kind, object, how, signal);
      const { namespace = '', name } = object.metadata;
      return how.dryRun ? send() : telling(`CREATE ${kind} ${namespace}/${name}`, object, send);
    },
    delete: (kind, namespace, name, how, signal) => {
      const send = () => connection.delete(kind, namespace, name, how, signal);
      return how.dryRun ? send() : telling(`DELETE ${kind} ${namespace}/${name}`, undefined, send);
    },
  };
}
