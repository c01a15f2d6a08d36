import { fix, removeBranch } from '../edits.ts';
import { clusterRule, onKey, onValue, repeated } from './rule.ts';

const here = ['spec', 'managed', 'services'];

export const managedServices = clusterRule('managed-services', ({ document, metadata, spec }) => {
  const { disabledDefaultServices: disabled = [], additional = [] } = spec.managed?.services ?? {};
  const own = ['rw', 'ro', 'r', 'any'].map(type => `${metadata.name ?? ''}-${type}`);
  const nameOf = (at: number): string => additional[at]?.serviceTemplate.metadata?.name ?? '';
  const item = (at: number) => [...here, 'additional', at, 'serviceTemplate'];
  return [
    ...disabled.flatMap((type, at) =>
      type === 'rw'
        ? [
            onValue(
              [...here, 'disabledDefaultServices', at],
              'The service rw cannot be disabled: standbys and poolers reach the primary by it. Remove it from the list.',
            ),
          ]
        : [],
    ),
    ...additional.flatMap(({ serviceTemplate }, at) => [
      ...(own.includes(nameOf(at))
        ? [
            onValue(
              [...item(at), 'metadata', 'name'],
              `"${nameOf(at)}" is the name of a service that the operator makes: choose another.`,
            ),
          ]
        : []),
      ...(Object.keys(serviceTemplate.spec?.selector ?? {}).length > 0
        ? [
            onKey(
              [...item(at), 'spec', 'selector'],
              'The operator sets the selector, by selectorType: remove it.',
              fix('Remove selector', removeBranch(document, [...item(at), 'spec', 'selector'])),
            ),
          ]
        : []),
      ...(nameOf(at) === '' ? [onKey(item(at), 'An additional service needs a name: add metadata.name.')] : []),
    ]),
    ...repeated(additional, ({ serviceTemplate }) => serviceTemplate.metadata?.name ?? '')
      .filter(at => nameOf(at) !== '')
      .map(at =>
        onValue([...item(at), 'metadata', 'name'], `There are two additional services named "${nameOf(at)}".`),
      ),
  ];
});
