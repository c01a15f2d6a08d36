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

/** Sizes as Kubernetes and people write them (`1Gi`, `256mb`, `1G`), in the units of PostgreSQL; `undefined` for others. */
export function withPostgresUnit(text: string): string | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) *([kmgt])i?b?$/i.exec(text) ?? [];
  return number === undefined ? undefined : `${number}${unit.toUpperCase().replace('K', 'k')}B`;
}
