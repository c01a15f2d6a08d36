import { fix, renameKey } from '../edits.ts';
import { clusterRule, ofValues, onKey, parameter, ruleNewIn } from './rule.ts';

/** As PostgreSQL reads names in its configuration file. */
export const isParameterName = (name: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/.test(name);

export const parameterName = ruleNewIn(
  30,
  ofValues(
    clusterRule('parameter-name', ({ document, spec }) => {
      return Object.keys(spec.postgresql?.parameters ?? {})
        .filter(name => !isParameterName(name))
        .map(name => {
          const meant = name.trim().replaceAll('-', '_');
          return onKey(
            parameter(name),
            `"${name}" cannot be the name of a parameter: letters, digits, "_" and "$", with at most one "." in it.`,
            isParameterName(meant) ? fix(`Rename to ${meant}`, renameKey(document, parameter(name), meant)) : [],
          );
        });
    }),
  ),
);
