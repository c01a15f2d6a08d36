import { placeOf } from '../manifest.ts';
import { onValue, updateRule } from './rule.ts';

export const imageAndParameters = updateRule('image-and-parameters', ({ document, spec, minor }, { spec: before }) => {
  // Before 1.28 the method made no difference.
  const bySwitchover = minor >= 28;
  if ((bySwitchover && spec.primaryUpdateMethod !== 'switchover') || before.imageName === spec.imageName) return [];
  const [old, now] = [before.postgresql?.parameters ?? {}, spec.postgresql?.parameters ?? {}];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(name => old[name] !== now[name]);
  if (changed.length === 0) return [];
  return [
    onValue(
      ['spec', placeOf(document, ['spec', 'imageCatalogRef']) ? 'imageCatalogRef' : 'imageName'],
      `${bySwitchover ? 'With primaryUpdateMethod: switchover the' : 'The'} image and parameters (${changed.join(', ')}) cannot change in one update: make two.`,
    ),
  ];
});
