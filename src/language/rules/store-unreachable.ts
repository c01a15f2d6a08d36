import { hostOf, isInCluster, readBy } from '../archives.ts';
import { areApart } from '../sides.ts';
import type { Rule } from './rule.ts';
import { clusterNamed, onKey, sourceOf } from './rule.ts';
import { isServiceHere } from './service-here.ts';

export const storeUnreachable: Rule = {
  code: 'RC408',
  severity: 'warning',
  check(subject) {
    const { cluster, entry, workspace } = subject;
    const source = sourceOf(cluster);
    const other = source && clusterNamed(subject, source.entry.name);
    const archive = source && readBy(workspace, entry, source.entry);
    if (!source || !other || !archive || !areApart(entry, other)) return [];
    const host = hostOf(archive.endpoint);
    if (host === '' || !isInCluster(host) || isServiceHere(workspace, entry, host)) return [];
    return [
      onKey(
        [...source.path, archive.store ? 'plugin' : 'barmanObjectStore'],
        `The store is at ${host}, a name that only ${other.context} resolves: from ${entry.context} it is not reached. Use its name outside.`,
        {
          related: archive.store && [
            { entry: archive.store, path: ['spec', 'configuration', 'endpointURL'], message: 'the endpoint' },
          ],
        },
      ),
    ];
  },
};
