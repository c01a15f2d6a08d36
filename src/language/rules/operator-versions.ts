import { annotations } from '../../model/cluster.ts';
import type { Cluster } from '../../model/cluster.ts';
import { liveCalled } from './live.ts';
import type { Rule } from './rule.ts';
import { isDistributed, onKey, replica } from './rule.ts';

export const operatorVersions: Rule = {
  code: 'RC713',
  severity: 'warning',
  check({ cluster, live }) {
    const own = operatorOf(live?.own);
    if (!own || !isDistributed(cluster)) return [];
    const { primary, source } = cluster.spec.replica ?? {};
    const others = [primary, source].flatMap(name => (name ? (liveCalled(live, name) ?? []) : []));
    const other = others.map(operatorOf).find(found => found && found.name !== own.name);
    const sides = [own, ...(other ? [other] : [])];
    const old = sides.filter(({ version }) => losesTokens(version));
    if (old.length > 0)
      return [
        onKey(
          replica,
          `Live: ${inWords(old)}. Before 1.28.4, 1.29.2 and 1.30.0 an operator can wipe the demotion token: upgrade it before roles change, or save the token at once.`,
        ),
      ];
    if (!other || minorOf(own.version) === minorOf(other.version)) return [];
    return [
      onKey(
        replica,
        `Live: ${inWords(sides)}. A switchover goes through both: bring them to the same minor version before roles change.`,
      ),
    ];
  },
};

interface Operator {
  name: string;
  version: string;
}

/** What the extension tells of the pods, since a Cluster does not say who looks after it. */
function operatorOf(cluster: Cluster | undefined): Operator | undefined {
  const version = cluster?.metadata.annotations?.[annotations.operatorVersion];
  return cluster && version !== undefined && numbers.test(version)
    ? { name: cluster.metadata.name, version }
    : undefined;
}

const numbers = /^(\d+)\.(\d+)\.(\d+)/;

const inWords = (operators: readonly Operator[]): string =>
  operators.map(({ name, version }) => `the operator of ${name} is ${version}`).join(', ');

const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** Fixed in the patches that are named in the message. */
function losesTokens(version: string): boolean {
  const [, major, minor, patch] = (numbers.exec(version) ?? []).map(Number);
  if (major !== 1 || minor === undefined || patch === undefined) return false;
  return minor < 28 || (minor === 28 && patch < 4) || (minor === 29 && patch < 2);
}
