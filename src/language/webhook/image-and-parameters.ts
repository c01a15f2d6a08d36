import { onValue, updateRule } from './rule.ts';

export const imageAndParameters = updateRule('image-and-parameters', ({ spec }, { spec: before }) => {
  if (spec.primaryUpdateMethod !== 'switchover' || before.imageName === spec.imageName) return [];
  const [old, now] = [before.postgresql?.parameters ?? {}, spec.postgresql?.parameters ?? {}];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(name => old[name] !== now[name]);
  if (changed.length === 0) return [];
  return [
    onValue(
      ['spec', 'imageName'],
      `With primaryUpdateMethod: switchover the image and parameters (${changed.join(', ')}) cannot change in one update: make two.`,
    ),
  ];
});
