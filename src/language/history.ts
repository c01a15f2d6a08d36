/** What other supported versions of CloudNativePG have that the one in force lacks. */
import type { KindSchema, Structure } from './schemas.ts';

export interface Elsewhere {
  /** A sentence that says since or until when. */
  text: string;
  /** It is gone, rather than yet to come. */
  removed: boolean;
}

/**
 * @param has does that version have it?
 * @returns `undefined` when no version has it
 */
export function whenElse(schema: KindSchema, has: (structure: Structure) => boolean): Elsewhere | undefined {
  const history = schema.history();
  const own = history.findIndex(({ version }) => version === schema.version);
  const checked = `and this is checked for ${schema.checkedFor}`;
  const newer = history.slice(own + 1).find(({ structure }) => has(structure));
  if (newer) return { text: `It exists since CloudNativePG ${newer.version}, ${checked}.`, removed: false };
  const older = history.slice(0, Math.max(own, 0)).findLast(({ structure }) => has(structure));
  return older && { text: `It was there up to CloudNativePG ${older.version}, ${checked}.`, removed: true };
}
