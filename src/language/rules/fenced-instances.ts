import { annotations } from '../../model/cluster.ts';
import { fix, setValue } from '../edits.ts';
import type { Rule } from './rule.ts';
import { annotation, onValue } from './rule.ts';

const path = annotation(annotations.fencedInstances);

export const fencedInstancesForm: Rule = {
  code: 'RC808',
  severity: 'error',
  check({ document, cluster }) {
    const text = cluster.metadata.annotations?.[annotations.fencedInstances];
    if (text === undefined) return [];
    const names = namesIn(text);
    if (names === undefined) {
      const said = text.split(/[\s,]+/).filter(name => /^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$/.test(name));
      const right = `'${JSON.stringify(said)}'`;
      return [
        onValue(
          path,
          `This must be a JSON list of instance names, as in '["${cluster.metadata.name}-1"]', or '["*"]' for all.`,
          {
            fixes: said.length > 0 ? fix(`Change to ${right}`, setValue(document, path, right)) : [],
          },
        ),
      ];
    }
    if (!names.includes('*') || names.length === 1) return [];
    return [
      onValue(path, '"*" stands for all instances: the other names beside it mean nothing.', {
        severity: 'warning',
        fixes: fix(`Change to '["*"]'`, setValue(document, path, `'["*"]'`)),
      }),
    ];
  },
};

function namesIn(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(name => typeof name === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
