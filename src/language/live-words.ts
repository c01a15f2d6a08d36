/** What connected contexts have of a field, beside what the manifest says. */
import { stringify } from 'yaml';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { LiveObject } from '../model/live-object.ts';
import { liveValueAt } from './live-values.ts';
import type { ManifestDocument, Path } from './manifest.ts';
import { valueAt } from './manifest.ts';
import type { Structure } from './schemas.ts';

/** Of fields in `spec`; as a whole it would be compared by "Diff with Live". */
export function liveWords(
  document: ManifestDocument,
  path: Path,
  structure: Structure,
  readings: readonly LiveObject[],
): string {
  if (path[0] !== 'spec' || path.length < 2) return '';
  const said = valueAt(document.value, path);
  return readings
    .map(({ context, object, readAt }) => {
      const value = liveValueAt(document, object as KubernetesObject & Record<string, unknown>, structure, path);
      const time = `${new Date(readAt).toISOString().slice(11, 19)} UTC`;
      if (JSON.stringify(value) === JSON.stringify(said)) return `Live in ${code(context)}: same (${time})`;
      return `**Live in ${code(context)}**: ${value === undefined ? 'not set' : shown(value)} (${time})`;
    })
    .join('\n\n');
}

const mostCharacters = 300;
const mostLines = 20;

/** Values come from outside: nothing in them ends the code that they are shown as. */
function shown(value: unknown): string {
  const text = stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
  if (!text.includes('\n')) return code(cut(text, mostCharacters));
  const lines = text.split('\n');
  const some = lines.slice(0, mostLines).map(line => cut(line, mostCharacters));
  const block = [...some, ...(lines.length > mostLines ? ['…'] : [])].join('\n');
  const fence = '`'.repeat(Math.max(3, longestRun(block) + 1));
  return `\n\n${fence}yaml\n${block}\n${fence}\n\n`;
}

function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}…`);
