import { clusterRule, onValue } from './rule.ts';

export const synchronousNumber = clusterRule('synchronous-number', ({ spec }) => {
  const { synchronous } = spec.postgresql ?? {};
  if (!synchronous) return [];
  const { number, standbyNamesPre = [], standbyNamesPost = [] } = synchronous;
  const known = (spec.instances ?? 0) + standbyNamesPre.length + standbyNamesPost.length;
  if (number < known) return [];
  return [
    onValue(
      ['spec', 'postgresql', 'synchronous', 'number'],
      `${number} synchronous standbys cannot be had: instances and named standbys are ${known} in all, and one of them is the primary. ${known > 1 ? `At most ${known - 1}.` : 'Add instances.'}`,
    ),
  ];
});
