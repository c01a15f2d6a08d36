import { isName } from '../admission/metadata.ts';
import { clusterRule, ofValues, onValue } from './rule.ts';

/** Names of pods and services are made of it. */
const longest = 50;

export const clusterName = ofValues(
  clusterRule('cluster-name', ({ document, metadata: { name = '' } }) => {
    // What is no name of any object has been said.
    if (!isName(name)) return [];
    const isGenerated = document.name === undefined;
    const path = ['metadata', isGenerated ? 'generateName' : 'name'];
    const made = isGenerated ? 'the one made of generateName' : 'this one';
    if (name.length > longest)
      return [onValue(path, `The name of a Cluster has at most ${longest} characters; ${made} has ${name.length}.`)];
    if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) return [];
    return [
      onValue(
        path,
        `Services are named after a Cluster, so "${name}" must be lower-case letters, digits and "-", beginning with a letter and without dots.`,
      ),
    ];
  }),
);
