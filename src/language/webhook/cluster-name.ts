import { isName } from '../admission/metadata.ts';
import { clusterRule, ofValues, onValue } from './rule.ts';

/** Names of pods and services are made of it. */
const longest = 50;

export const clusterName = ofValues(
  clusterRule('cluster-name', ({ metadata: { name = '' } }) => {
    // What is no name of any object has been said.
    if (!isName(name)) return [];
    if (name.length > longest)
      return [
        onValue(
          ['metadata', 'name'],
          `The name of a Cluster has at most ${longest} characters; this one has ${name.length}.`,
        ),
      ];
    if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) return [];
    return [
      onValue(
        ['metadata', 'name'],
        `Services are named after a Cluster, so "${name}" must be lower-case letters, digits and "-", beginning with a letter and without dots.`,
      ),
    ];
  }),
);
