/** Durations as Go reads them. Source: https://pkg.go.dev/time#ParseDuration */

const seconds: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** @returns seconds; `undefined` for what Go refuses, such as `1d` and `30` */
export function parseDuration(text: string): number | undefined {
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  const total = [...rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (seconds[unit ?? ''] ?? 0),
    0,
  );
  // Go counts nanoseconds in 64 bits.
  if (total * 1e9 >= 2 ** 63) return undefined;
  return sign === '-' ? -total : total;
}

/** `2d` → `48h`: days are what people write, and no unit of Go. */
export function inHours(text: string): string | undefined {
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  return days === undefined ? undefined : `${24 * Number(days)}h`;
}
