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
  if (odd) return `op or path is missing or unknown in ${JSON.stringify(odd)}`;
  const before = structuredClone(pod);
  const results = applyPatch(pod, operations as unknown as Operation[]);
  const at = results.findIndex(Boolean);
  if (at !== -1) return `${JSON.stringify(operations[at])} does not apply, ${reasons[results[at]?.name ?? ''] ?? ''}`;
  const odder = retyped(before, pod, '');
  return odder && `${odder} has another type afterwards`;
}

const reasons: Record<string, string> = {
  MissingError: 'since there is nothing at its path',
  TestError: 'since the value is another',
};

/** Numbers or texts, as one likes. */
const eitherWay = /\/port$|\/(requests|limits)\//;

/** What is text must stay text, or the result is no pod. @returns the path of what does not */
function retyped(before: unknown, after: unknown, path: string): string | undefined {
  if (before === undefined || after === undefined || after === null || eitherWay.test(path)) return undefined;
  if (typeof before !== typeof after || Array.isArray(before) !== Array.isArray(after)) return path;
  if (Array.isArray(before) && Array.isArray(after)) {
    const [first] = before as unknown[];
    return after.map((item, at) => retyped(first, item, `${path}/${at}`)).find(Boolean);
  }
  if (!isRecord(before) || !isRecord(after)) return undefined;
  const isOfTexts = /\/(labels|annotations)$/.test(path);
  return Object.entries(after)
    .map(([key, value]) => retyped(isOfTexts ? '' : before[key], value, `${path}/${key}`))
    .find(Boolean);
}
