/** Kubeconfig files: loaded by the official client, merged with the first entry of a name winning, as kubectl does. */
import fs from 'node:fs';
import path from 'node:path';
import type { User } from '@kubernetes/client-node';
import { KubeConfig } from '@kubernetes/client-node';
import { load } from 'js-yaml';
import { messageOf } from '../errors.ts';
import type { Kubeconfig } from './contract.ts';

/** Files that kubectl would read: `KUBECONFIG`, else `~/.kube/config`. */
export function defaultKubeconfigFiles(env: { KUBECONFIG?: string }, home: string): string[] {
  const files = (env.KUBECONFIG ?? '').split(path.delimiter).filter(file => file !== '');
  return files.length > 0 ? files : [path.join(home, '.kube', 'config')];
}

/** Reads the files. Contacts nothing, runs nothing, never throws: what cannot be read is a text in `problems`. */
export function readKubeconfig(files: readonly string[]): Kubeconfig {
  const { config, problems } = loadKubeconfig(files);
  const contexts = config.contexts.flatMap(context => {
    const cluster = config.getCluster(context.cluster);
    if (!cluster) {
      problems.push(
        `Context "${context.name}" names cluster "${context.cluster}", which the kubeconfig does not have.`,
      );
      return [];
    }
    const user = config.getUser(context.user);
    return [
      {
        name: context.name,
        server: cluster.server,
        namespace: context.namespace ?? 'default',
        user: context.user,
        runsExecPlugin: runsCommand(user),
      },
    ];
  });
  return { contexts, current: config.currentContext || undefined, problems, files: [...files] };
}

/** Exec plugins, and the older auth providers that run `cmd-path` or ask a command for a token. */
export const runsCommand = (user: User | null | undefined): boolean =>
  Boolean(user?.exec) ||
  Boolean(user?.authProvider && (user.authProvider.name !== 'oidc' || user.authProvider.config?.exec));

/** All files merged. Paths inside a file are relative to that file. */
export function loadKubeconfig(files: readonly string[]): { config: KubeConfig; problems: string[] } {
  const merged = new KubeConfig();
  merged.loadFromOptions({ clusters: [], users: [], contexts: [], currentContext: '' });
  const problems: string[] = [];
  for (const file of files) {
    try {
      const config = new KubeConfig();
      // Entries without a name are left out; the rest of the file stays usable.
      const text = fs.readFileSync(file, 'utf8');
      config.loadFromString(text, { onInvalidEntry: 'filter' });
      config.makePathsAbsolute(path.dirname(file));
      addTokenFiles(config.users, text, path.dirname(file));
      if (config.clusters.length + config.users.length + config.contexts.length === 0) throw new TypeError();
      addMissing(merged.clusters, config.clusters);
      addMissing(merged.users, config.users);
      addMissing(merged.contexts, config.contexts);
      merged.currentContext ||= config.currentContext;
    } catch (error) {
      problems.push(`${file} cannot be used as a kubeconfig: ${reason(error)}`);
    }
  }
  return { config: merged, problems };
}

/** `tokenFile` has the token in a file, which wins over `token`. The library knows it by another name only. */
export type UserWithTokenFile = User & { tokenFile?: string };

function addTokenFiles(users: readonly UserWithTokenFile[], text: string, folder: string): void {
  const { users: written = [] } = load(text) as {
    users?: ({ name?: string; user?: { tokenFile?: string } | null } | null)[];
  };
  for (const user of users) {
    const tokenFile = written.find(entry => entry?.name === user.name)?.user?.tokenFile;
    if (tokenFile) user.tokenFile = path.resolve(folder, tokenFile);
  }
}

function addMissing<T extends { name: string }>(known: T[], more: readonly T[]): void {
  for (const entry of more) if (!known.some(k => k.name === entry.name)) known.push(entry);
}

function reason(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === 'ENOENT') return 'there is no such file. Set cnpg.kubeconfig or KUBECONFIG to one.';
  if (code === 'EACCES') return 'it may not be read by this user. Correct its permissions.';
  if (code === 'EISDIR') return 'it is a folder. Name the file.';
  if (error instanceof TypeError) return 'it has no clusters, users and contexts. Is it another YAML file?';
  return `${firstLine(messageOf(error))}. Correct the file.`;
}

/** YAML errors quote the lines around, which may hold a token: only the first line is passed on. */
const firstLine = (text: string): string => text.split('\n')[0] ?? '';
