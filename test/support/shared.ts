/**
 * Reference data that is not part of the project (CRD files, recorded verdicts, recordings of real operators). Tests
 * that need it look in `CNPG_REFERENCE`, else in `../shared` beside the project, and say so when it is absent.
 */
import fs from 'node:fs';
import path from 'node:path';

export const reference = process.env['CNPG_REFERENCE'] ?? path.resolve(import.meta.dirname, '../../../shared');

/** Options for `test()`: skips with a reason when the reference data is not there. */
export const needsReference = { skip: fs.existsSync(reference) ? false : `no reference data at ${reference}` };
