/** Validators for kinds that the build did not see: those of a cluster that serves other CRDs than the supported ones. */
import { Ajv } from 'ajv';
import { jsonSchemaOf } from './json-schema.ts';
import type { StoredKind } from './structure.ts';

/** How the build's validators are made as well. */
export const ajvOptions = {
  allErrors: true,
  strict: false,
  validateFormats: false,
  unicodeRegExp: false,
  inlineRefs: false,
} as const;

export const compile = (kind: StoredKind) => new Ajv(ajvOptions).compile(jsonSchemaOf(kind));
