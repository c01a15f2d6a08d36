import type { Rule } from './rule.ts';
import { isDistributed, onValue, otherEntries } from './rule.ts';

export const partnerUnknown: Rule = {
  code: 'RC310',
  severity: 'hint',
  check({ cluster, workspace, complete }) {
    if (!complete || !isDistributed(cluster)) return [];
    const { source, primary } = cluster.spec.replica ?? {};
    return otherEntries(cluster)
      .filter(({ entry: { name } }) => [source, primary].includes(name) && workspace.called(name).length === 0)
      .map(({ entry: { name }, path }) =>
        onValue(
          [...path, 'name'],
          `The manifest of ${name} is not in the workspace: what depends on both sides is not checked. Add its folder to the workspace.`,
        ),
      );
  },
};
