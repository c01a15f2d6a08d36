/** Sizes in parameters of PostgreSQL, as the operator's webhook reads them. */
import { parseQuantity } from './quantities.ts';

const bareInteger = /^[-+]?\d{1,18}$/;

/** `256MB`, `1 GB`, `524288kB`, `100B`; a bare integer counts megabytes. @returns billionths of a byte, `undefined` for others */
export function parseSize(text: string): bigint | undefined {
  const withUnit = bareInteger.test(text) ? `${text}MB` : text;
  if (!withUnit.endsWith('B')) return undefined;
  const number = withUnit.slice(0, -1).replaceAll(' ', '');
  return parseQuantity(bareInteger.test(number) ? number : `${number}i`.replaceAll('ki', 'Ki'));
}
