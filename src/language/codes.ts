/** Codes of what is wrong before any rule is asked. Each has a page of examples, which are its tests. */

/** Against the CRD and the forms that Kubernetes demands: `schema/type`. */
export const schemaCodes = [
  'api-version',
  'bound',
  'count',
  'duplicate',
  'enum',
  'kind',
  'length',
  'metadata',
  'pattern',
  'required',
  'rule',
  'type',
  'unknown-field',
  'version',
] as const;
export type SchemaCode = (typeof schemaCodes)[number];

/** Of the text: `yaml/syntax`. */
export const yamlCodes = ['duplicate-key', 'ignored', 'syntax'] as const;
