import { ofValues, onValue, ruleOf, warn } from './rule.ts';

const annotation = 'cnpg.io/validation';

/** Kinds that have a validating webhook. */
export const validated: readonly string[] = ['Cluster', 'Pooler', 'Backup', 'ScheduledBackup', 'Database'];

/** With `disabled` the webhook looks at nothing else. */
export const isDisabled = (annotations: Record<string, string> = {}): boolean => annotations[annotation] === 'disabled';

export const validationAnnotation = ofValues(
  ruleOf(validated, 'validation-annotation', ({ metadata }) => {
    const state = metadata.annotations?.[annotation] ?? '';
    if (state === '' || state === 'enabled') return [];
    const message =
      state === 'disabled'
        ? 'The operator does not check this object: what is wrong shows only when it runs. The schema is still checked.'
        : `${annotation} can be "enabled" or "disabled"; "${state}" is neither, and counts as enabled.`;
    return [warn(onValue(['metadata', 'annotations', annotation], message))];
  }),
);
