/** `45 s`, `12 min`, `5 h`, `3 d`: how long before `now` something was. @returns an empty text for no or a broken time */
export function ageOf(time: string | undefined | null, now: Date): string {
  const seconds = Math.round((now.getTime() - Date.parse(time ?? '')) / 1000);
  if (Number.isNaN(seconds)) return '';
  if (seconds < 120) return `${Math.max(seconds, 0)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** `2026-11-23 10:00:00`, UTC. @returns an empty text for no or a broken time */
export function clockOf(time: string | Date | undefined | null): string {
  const date = new Date(time ?? NaN);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ');
}
