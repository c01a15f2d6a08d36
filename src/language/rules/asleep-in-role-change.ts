import { annotations, fencedInstances, hibernated } from '../../model/cluster.ts';
import { fix, removeBranch } from '../edits.ts';
import type { Rule } from './rule.ts';
import { annotation, isReplicaCluster, onKey } from './rule.ts';

export const asleepInRoleChange: Rule = {
  code: 'RC712',
  severity: 'warning',
  check({ document, cluster, live: known }) {
    const live = known?.own;
    const isChange = live
      ? isReplicaCluster(live) !== isReplicaCluster(cluster)
      : !!cluster.spec.replica?.promotionToken;
    if (!isChange) return [];
    const states = [
      { is: hibernated(cluster), name: annotations.hibernation, word: 'hibernated' },
      { is: fencedInstances(cluster).length > 0, name: annotations.fencedInstances, word: 'fenced' },
    ];
    return states
      .filter(({ is }) => is)
      .map(({ name, word }) =>
        onKey(
          annotation(name),
          `The role changes while the Cluster is ${word}: no token is made and no promotion ends. Wake it up first.`,
          {
            fixes: fix('Remove the annotation', removeBranch(document, annotation(name))),
          },
        ),
      );
  },
};
