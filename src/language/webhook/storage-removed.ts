import type { Finding } from './rule.ts';
import { onKey, updateRule } from './rule.ts';

export const storageRemoved = updateRule('storage-removed', ({ spec }, { spec: before }) => {
  const removed: Finding[] =
    before.walStorage && !spec.walStorage
      ? [onKey(['spec'], 'The volume for WAL cannot be removed from a Cluster that has one: put spec.walStorage back.')]
      : [];
  const names = (before.tablespaces ?? []).map(({ name }) => name);
  if (before.tablespaces && !spec.tablespaces)
    return [
      ...removed,
      onKey(['spec'], `Tablespaces (${names.join(', ')}) cannot be removed: put spec.tablespaces back.`),
    ];
  const left = (spec.tablespaces ?? []).map(({ name }) => name);
  return [
    ...removed,
    ...names
      .filter(name => !left.includes(name))
      .map(name =>
        onKey(['spec', 'tablespaces'], `The tablespace "${name}" cannot be removed or renamed: put it back.`),
      ),
  ];
});
