/** The schemas with the validators that the build has made; `npm test` builds first. */
import { loadSchemas } from '../../src/server/schemas.ts';

export const schemas = loadSchemas();
export const newest = schemas.versions[0] ?? '';
