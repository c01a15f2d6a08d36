/** A kubectl command as a line that a person pastes into a shell. */
import type { ObjectReference } from '../model/object-reference.ts';
import { kubectlResource } from '../model/object-reference.ts';

/** `posix`: sh, bash, zsh, fish; `powershell`: what Windows opens. */
export type Shell = 'posix' | 'powershell';

/**
 * Reads the object; of a Cluster also what the cnpg plugin says of it, on a line of its own.
 * @param kubeconfig files that kubectl would not read by itself, in order of precedence
 */
export function kubectlLines(
  { context, kind, namespace, name }: ObjectReference,
  kubeconfig: readonly string[],
  shell: Shell,
): string[] {
  const place = ['--context', context, '--namespace', namespace];
  const commands = [
    ['kubectl', ...place, 'get', `${kubectlResource[kind]}/${name}`, '--output', 'yaml'],
    // A plugin takes its options after its name.
    ...(kind === 'Cluster' ? [['kubectl', 'cnpg', 'status', name, ...place]] : []),
  ];
  return commands.map(words => withKubeconfig(words, kubeconfig, shell));
}

function withKubeconfig(words: readonly string[], files: readonly string[], shell: Shell): string {
  const line = (all: readonly string[]): string => all.map(word => quote(word, shell)).join(' ');
  if (files.length === 0) return line(words);
  if (files.length === 1) return line([...words, '--kubeconfig', ...files]);
  return shell === 'posix'
    ? `KUBECONFIG=${quote(files.join(':'), shell)} ${line(words)}`
    : `$env:KUBECONFIG = ${quote(files.join(';'), shell)}; ${line(words)}`;
}

/** One word for the shell, whatever is in it. Line breaks and other control characters cannot be pasted safely: they go. */
export function quote(word: string, shell: Shell): string {
  const text = word.replaceAll(/\p{Cc}/gu, '');
  const plain = shell === 'posix' ? /^[\w@%+=:,./-]+$/ : /^[\w:./\\-]+$/;
  if (plain.test(text)) return text;
  return shell === 'posix' ? `'${text.replaceAll("'", String.raw`'\''`)}'` : `'${text.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
}
