import type { DatabaseSpec, ForeignObject } from '../admission/objects.ts';
import type { Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { onValue, repeated, ruleOf } from './rule.ts';

export const databaseNames = ruleOf<DatabaseSpec>(['Database'], 'database-names', ({ spec }) => [
  ...twice(spec.extensions ?? [], ['spec', 'extensions']),
  ...twice(spec.schemas ?? [], ['spec', 'schemas']),
  ...foreign(spec.fdws ?? [], ['spec', 'fdws']),
  ...foreign(spec.servers ?? [], ['spec', 'servers']),
]);

const twice = (items: readonly { name?: string }[], path: Path): Finding[] =>
  repeated(items, ({ name }) => name).map(at =>
    onValue([...path, at, 'name'], `"${items[at]?.name}" is there twice in ${String(path.at(-1))}: remove one.`),
  );

const foreign = (items: readonly ForeignObject[], path: Path): Finding[] => [
  ...twice(items, path),
  ...items.flatMap(({ options = [], usage = [] }, at) => [
    ...twice(options, [...path, at, 'options']),
    ...twice(usage, [...path, at, 'usage']),
  ]),
];
