/**
 * A fault that a person can act upon: what happened, why (the other side's own words), what to do.
 * `message` holds all three, so that whoever shows only the message loses nothing. Never put a secret in.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** Stable word for the kind of fault, for example `unauthorized`, `unreachable`, `no-such-bucket`. */
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;

  constructor(code: string, parts: { what: string; why: string; remedy: string; cause?: unknown }) {
    super(`${parts.what}: ${parts.why} ${parts.remedy}`.trim(), { cause: parts.cause });
    this.code = code;
    this.what = parts.what;
    this.why = parts.why;
    this.remedy = parts.remedy;
  }
}

/** Each bundle has a class of its own, and a room's failures come out of another bundle: `instanceof` does not know them. */
export const isFailure = (thrown: unknown): thrown is Failure => thrown instanceof Error && thrown.name === 'Failure';

/** The text of anything that was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** What is read, or `undefined` when there is no such object. */
export async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}
