/**
 * By how many milliseconds the clock that wrote this `Date` header is ahead of this machine's. It says whole seconds, and was written
 * before it arrived, so that less than a few seconds says nothing.
 */
export function clockAheadOf(date: string | Date | undefined): number | undefined {
  const at = date instanceof Date ? date.getTime() : Date.parse(date ?? '');
  return Number.isNaN(at) ? undefined : at - Date.now();
}
