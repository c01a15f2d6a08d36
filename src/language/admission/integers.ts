/** Integers as Go reads them: an optional sign, digits, and no more than 64 bits. Source: https://pkg.go.dev/strconv#ParseInt */

/** @returns `undefined` for what Go refuses, blanks and underscores among it */
export function parseInteger(text: string): bigint | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(\d+)$/.exec(text) ?? [];
  if (digits === '') return undefined;
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
