/** Integers as Go reads them: an optional sign, digits, and no more than 64 bits. Source: https://pkg.go.dev/strconv#ParseInt */

/** @returns `undefined` for what Go refuses, blanks and underscores among it */
export function parseInteger(text: string, base: 10 | 16 = 10): bigint | undefined {
  const [, sign = '', digits = ''] = (base === 10 ? /^([-+]?)(\d+)$/ : /^([-+]?)([\da-f]+)$/i).exec(text) ?? [];
  if (digits === '') return undefined;
  const size = BigInt(base === 10 ? digits : `0x${digits}`);
  const value = sign === '-' ? -size : size;
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
