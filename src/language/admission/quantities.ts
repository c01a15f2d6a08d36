/** Quantities of Kubernetes. Source: Kubernetes API reference, "Quantity". */

const binary: Record<string, bigint> = { Ki: 1n, Mi: 2n, Gi: 3n, Ti: 4n, Pi: 5n, Ei: 6n };
const decimal: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** Larger exponents mean as much as this one: more than there is storage. */
const largestExponent = 100;

/**
 * As Kubernetes reads it, for which a unit without a number is zero (`Gi`).
 * @returns billionths, rounded away from zero; `undefined` for what is no quantity
 */
export function parseQuantity(text: string | number): bigint | undefined {
  const [all, sign = '', whole = '', fraction = '', suffix = ''] =
    /^([-+]?)(\d*)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i|[eE][-+]?\d+)?$/.exec(String(text)) ?? [];
  if (!all) return undefined;
  const digits = BigInt(whole + fraction);
  const scaled = scale(digits, suffix, fraction.length);
  return sign === '-' ? -scaled : scaled;
}

/** @param places decimal places of the digits */
function scale(digits: bigint, suffix: string, places: number): bigint {
  const power = binary[suffix];
  if (power !== undefined) return shift(digits * 1024n ** power, 9 - places);
  const exponent = decimal[suffix] ?? Math.max(Math.min(Number(suffix.slice(1)), largestExponent), -largestExponent);
  return shift(digits, 9 + exponent - places);
}

function shift(number: bigint, by: number): bigint {
  if (by >= 0) return number * 10n ** BigInt(by);
  const divisor = 10n ** BigInt(-by);
  return (number + divisor - 1n) / divisor;
}
