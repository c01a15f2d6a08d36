import { addKey, appendItem, fix, itemLines } from '../edits.ts';
import { placeOf } from '../manifest.ts';
import { idOf } from '../sides.ts';
import type { Rule } from './rule.ts';
import { onKey, partnersOf } from './rule.ts';

const list = ['spec', 'tablespaces'];

export const tablespacesDiffer: Rule = {
  code: 'RC315',
  severity: 'error',
  check(subject) {
    const { document, cluster, entry } = subject;
    const own = new Set(cluster.spec.tablespaces?.map(({ name }) => name));
    return partnersOf(subject).flatMap(other =>
      (other.cluster.spec.tablespaces ?? []).flatMap(({ name }, at) => {
        if (!name || own.has(name)) return [];
        const lines = itemLines(other.document, [...list, at]);
        const copy =
          lines &&
          (placeOf(document, list)
            ? appendItem(document, list, lines)
            : addKey(
                document,
                ['spec'],
                'tablespaces',
                lines.map((line, index) => `\n  ${index === 0 ? '- ' : '  '}${line}`).join(''),
              ));
        return [
          onKey(
            placeOf(document, list) ? list : ['spec'],
            `Tablespace "${name}" exists in ${idOf(other)} and not in ${idOf(entry)}: a replica stops when it is used.`,
            {
              fixes: fix(`Copy tablespace ${name}`, copy),
              related: [{ entry: other, path: [...list, at, 'name'], message: `the tablespace in ${idOf(other)}` }],
            },
          ),
        ];
      }),
    );
  },
};
