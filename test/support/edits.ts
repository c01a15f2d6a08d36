/** The text after the edits of a fix. */
export { applied as apply } from '../../src/language/edits.ts';
