import { parseSize } from '../admission/postgres-sizes.ts';
import { parseQuantity } from '../admission/quantities.ts';
import { clusterRule, onValue, parameter } from './rule.ts';

export const sharedBuffersMemory = clusterRule('shared-buffers-memory', ({ spec, minor }) => {
  const given = spec.postgresql?.parameters?.['shared_buffers'] ?? '';
  const buffers = given === '' ? undefined : parseSize(given);
  const { requests = {}, limits = {} } = spec.resources ?? {};
  const memory = parseQuantity(requests['memory'] ?? 0) ?? 0n;
  if (buffers === undefined || memory === 0n || buffers <= memory) return [];
  // Before 1.27 the memory alone counted.
  const pages =
    minor < 27 ? [] : Object.entries({ ...requests, ...limits }).filter(([name]) => name.startsWith('hugepages-'));
  if (pages.some(([, quantity]) => buffers <= (parseQuantity(quantity) ?? 0n))) return [];
  return [
    onValue(
      parameter('shared_buffers'),
      `shared_buffers (${given}) is more than the memory that is requested (${String(requests['memory'])}), so that the pod can be placed where PostgreSQL does not fit: raise the request or lower shared_buffers.`,
    ),
  ];
});
