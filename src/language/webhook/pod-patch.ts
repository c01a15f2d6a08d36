import { applyPatch } from 'rfc6902';
import type { Operation } from 'rfc6902';
import { instancePod } from '../admission/instance-pod.ts';
import { isRecord } from '../manifest.ts';
import { clusterRule, onValue } from './rule.ts';

const annotation = 'cnpg.io/podPatch';

export const podPatch = clusterRule('pod-patch', ({ metadata, spec }) => {
  const text = metadata.annotations?.[annotation];
  const fault = text === undefined ? undefined : faultOf(text, instancePod(metadata, spec));
  if (fault === undefined) return [];
  return [
    onValue(
      ['metadata', 'annotations', annotation],
      `${annotation} must be a JSON Patch that fits the pods of instances: ${fault}.`,
    ),
  ];
});

function faultOf(text: string, pod: object): string | undefined {
  let operations: unknown;
  try {
    operations = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  if (operations === null) return undefined;
  if (!Array.isArray(operations) || !operations.every(isRecord)) return 'it is no list of operations';
  const known = ['add', 'remove', 'replace', 'move', 'copy', 'test'];
  const odd = operations.find(({ op, path }) => !known.includes(String(op)) || typeof path !== 'string');
  if (odd) return `{op, path} is missing or unknown in ${JSON.stringify(odd)}`;
  const results = applyPatch(pod, operations as unknown as Operation[]);
  const at = results.findIndex(Boolean);
  return at === -1 ? undefined : `${JSON.stringify(operations[at])} does not apply (${results[at]?.name ?? ''})`;
}
