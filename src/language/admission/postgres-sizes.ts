/** Sizes in parameters of PostgreSQL, as the operator's webhook reads them. */
import { parseInteger } from './integers.ts';
import { parseQuantity } from './quantities.ts';

/** `256MB`, `1 GB`, `524288kB`, `100B`; a bare integer counts megabytes. @returns billionths of a byte, `undefined` for others */
export function parseSize(text: string): bigint | undefined {
  const withUnit = parseInteger(text) !== undefined ? `${text}MB` : text;
  if (!withUnit.endsWith('B')) return undefined;
  const number = withUnit.slice(0, -1).replaceAll(' ', '');
  return parseQuantity(parseInteger(number) !== undefined ? number : `${number}i`.replaceAll('ki', 'Ki'));
}
