import type { EnvironmentVariable, Extension } from '../admission/objects.ts';
import type { Path } from '../manifest.ts';
import { isReservedVariable } from './reserved-environment.ts';
import type { Finding } from './rule.ts';
import { clusterRule, newIn, ofValues, onKey, onValue, repeated } from './rule.ts';

const here: Path = ['spec', 'postgresql', 'extensions'];

export const extensions = ofValues(
  clusterRule('extensions', ({ spec }) => {
    const list = spec.postgresql?.extensions ?? [];
    const again = repeated(list, ({ name }) => name);
    const others = list.map((extension, at) => ({ extension, at })).filter(({ at }) => !again.includes(at));
    const sameVolume = repeated(others, ({ extension }) => extension.name.replaceAll('_', '-')).map(
      index => others[index]?.at ?? 0,
    );
    return [
      ...again.map(at =>
        onValue([...here, at, 'name'], `The extension "${list[at]?.name}" is there twice: remove one.`),
      ),
      ...newIn(
        29,
        sameVolume.map(at =>
          onValue(
            [...here, at, 'name'],
            `"${list[at]?.name}" and another extension would have the same volume: "_" and "-" are one there. Rename one.`,
          ),
        ),
      ),
      ...others.flatMap(({ extension, at }) => faultsOf(extension, [...here, at], spec.imageCatalogRef !== undefined)),
    ];
  }),
);

function faultsOf(extension: Extension, path: Path, hasCatalog: boolean): Finding[] {
  return [
    ...(hasCatalog || extension.image?.reference
      ? []
      : newIn(29, [
          onKey(
            [...path, 'name'],
            'An extension needs an image: add image.reference, or take it from a catalog by imageCatalogRef.',
          ),
        ])),
    ...newIn(
      29,
      (['ld_library_path', 'bin_path'] as const).flatMap(list => pathFaults(extension[list] ?? [], [...path, list])),
    ),
    ...(['extension_control_path', 'dynamic_library_path'] as const).flatMap(list =>
      pathFaults(extension[list] ?? [], [...path, list]),
    ),
    ...newIn(29, environmentFaults(extension.env ?? [], [...path, 'env'])),
  ];
}

function pathFaults(paths: readonly string[], at: Path): Finding[] {
  const again = repeated(paths, each => each);
  return paths.flatMap((path, index) => {
    const fault =
      path === ''
        ? 'A path cannot be empty.'
        : isOutside(path)
          ? `"${path}" leads out of the folder of the extension.`
          : again.includes(index) && `"${path}" is there twice.`;
    return fault ? newIn(path !== '' && isOutside(path) ? 29 : 0, [onValue([...at, index], fault)]) : [];
  });
}

/** After `.` and `..` were followed. */
function isOutside(path: string): boolean {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..' || steps.length === 0 || steps.at(-1) === '..') steps.push(step);
    else steps.pop();
  }
  return !path.startsWith('/') && (steps[0] ?? '').startsWith('..');
}

const ownField: Record<string, string> = { PATH: 'bin_path', LD_LIBRARY_PATH: 'ld_library_path' };

const environmentFaults = (variables: readonly EnvironmentVariable[], at: Path): Finding[] =>
  variables.flatMap(({ name, value = '' }, index) => [
    ...(isReservedVariable(name)
      ? [onValue([...at, index, 'name'], `The operator keeps the variable "${name}" to itself.`)]
      : []),
    ...(Object.hasOwn(ownField, name)
      ? [onValue([...at, index, 'name'], `${name} has a field of its own: list the paths in ${ownField[name]}.`)]
      : []),
    ...placeholders(value).map(found =>
      onValue(
        [...at, index, 'value'],
        `\${${found}} is not known here, only \${image_root}; write $\${${found}} for the text itself.`,
      ),
    ),
  ]);

/** An even number of `$` escapes. */
const placeholders = (value: string): string[] =>
  [...value.matchAll(/(\$+)\{([^}]+)\}/g)].flatMap(([, dollars = '', name = '']) =>
    dollars.length % 2 === 1 && name !== 'image_root' ? [name] : [],
  );
