import { fix, plainText, setValue } from '../edits.ts';
import { nearest } from '../nearest.ts';
import { clusterOfSatellite, mayShareContext, mayShareNamespace } from '../sides.ts';
import type { ObjectRule } from './rule.ts';
import { onValue } from './rule.ts';
import { satelliteCluster, satelliteKinds } from './satellite-cluster.ts';

const path = ['spec', 'cluster', 'name'];

export const satelliteWithoutCluster: ObjectRule = {
  code: 'RC802',
  severity: 'warning',
  kinds: satelliteKinds,
  check({ document, entry, workspace, complete }) {
    const name = satelliteCluster(document);
    if (!complete || name === undefined || clusterOfSatellite(workspace, entry, name)) return [];
    const known = workspace
      .ofKind('Cluster')
      .filter(cluster => mayShareContext(cluster, entry) && mayShareNamespace(cluster, entry))
      .map(cluster => cluster.name);
    // Where no Cluster is known at all, they may be kept elsewhere.
    if (known.length === 0) return [];
    const guess = nearest(name, known);
    const elsewhere = workspace.named('Cluster', name)[0];
    return [
      onValue(
        path,
        `There is no Cluster "${name}" ${entry.namespace === undefined ? 'here' : `in namespace ${entry.namespace}`}${elsewhere?.namespace === undefined ? '' : `; there is one in namespace ${elsewhere.namespace}`}.`,
        {
          fixes: guess === undefined ? [] : fix(`Change to ${guess}`, setValue(document, path, plainText(guess))),
          related: elsewhere && [{ entry: elsewhere, path: ['metadata', 'name'], message: `Cluster ${name}` }],
        },
      ),
    ];
  },
};
