import { parseQuantity } from '../admission/quantities.ts';
import type { ClusterSpec } from '../admission/objects.ts';
import type { Finding } from './rule.ts';
import { clusterRule, newIn, onKey, onValue } from './rule.ts';

export const resources = clusterRule('resources', ({ spec: { resources: given = {} } }) => [
  ...['cpu', 'memory', 'ephemeral-storage'].flatMap(name => aboveLimit(given, name)),
  ...newIn(27, hugePages(given)),
]);

type Resources = NonNullable<ClusterSpec['resources']>;

const amount = (of: Resources['requests'], name: string): bigint => parseQuantity(of?.[name] ?? 0) ?? 0n;

const request = (name: string) => ['spec', 'resources', 'requests', name];

/** A zero on either side counts as nothing said. */
function aboveLimit({ requests, limits }: Resources, name: string): Finding[] {
  const [asked, limit] = [amount(requests, name), amount(limits, name)];
  if (asked === 0n || limit === 0n || asked <= limit) return [];
  return [
    onValue(
      request(name),
      `The request of ${name} (${String(requests?.[name])}) is above its limit (${String(limits?.[name])}): lower it or raise the limit.`,
    ),
  ];
}

function hugePages({ requests = {}, limits = {} }: Resources): Finding[] {
  const isPage = (name: string): boolean => name.startsWith('hugepages-');
  const unequal = Object.keys(requests)
    .filter(name => isPage(name) && limits[name] !== undefined && amount(requests, name) !== amount(limits, name))
    .map(name =>
      onValue(
        request(name),
        `Huge pages cannot be overcommitted: the request of ${name} (${String(requests[name])}) must equal its limit (${String(limits[name])}).`,
      ),
    );
  const hasPages = [...Object.keys(requests), ...Object.keys(limits)].some(isPage);
  const hasMore = ['cpu', 'memory'].some(name => amount(requests, name) !== 0n || amount(limits, name) !== 0n);
  return hasPages && !hasMore
    ? [
        ...unequal,
        onKey(
          ['spec', 'resources'],
          'Kubernetes gives huge pages only to pods that ask for cpu or memory too: add one.',
        ),
      ]
    : unequal;
}
