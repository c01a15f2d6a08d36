/** The parameters of PostgreSQL, and what may be done with them in `spec.postgresql.parameters`. */
import { formatBytes } from '../model/instances.ts';
import { isFixedParameter } from './webhook/fixed-parameter.ts';

/** As a server describes it in `pg_settings`. */
export interface PostgresParameter {
  type: 'bool' | 'integer' | 'real' | 'string' | 'enum';
  /** When a new value takes effect; `internal` cannot be set. */
  context: 'internal' | 'postmaster' | 'sighup' | 'superuser-backend' | 'backend' | 'superuser' | 'user';
  /** Chapter of the manual: `runtime-config-PAGE`. */
  page: string;
  default?: string;
  /** Of the default and the bounds: `kB`, `8kB`, `ms`. */
  unit?: string;
  min?: number;
  max?: number;
  values?: string[];
  /** Major versions, where it is not in all that are known. */
  since?: number;
  until?: number;
}

export type PostgresParameters = Readonly<Record<string, PostgresParameter>>;

/** Those that a manifest may set. */
export const settable = (parameters: PostgresParameters): [string, PostgresParameter][] =>
  Object.entries(parameters).filter(([name, { context }]) => context !== 'internal' && !isFixedParameter(name));

/** `integer in 8kB · default 16384 (128 MB) · needs a restart · PostgreSQL 17 and newer`. */
export function parameterFacts(parameter: PostgresParameter): string {
  const { type, unit, values, min, max, since, until } = parameter;
  return [
    `${type === 'bool' ? 'boolean' : type}${unit === undefined ? '' : ` in ${unit}`}`,
    parameter.default !== undefined && `default \`${parameter.default}\`${inWords(parameter)}`,
    values && `one of ${values.map(value => `\`${value}\``).join(', ')}`,
    min !== undefined && max !== undefined && type !== 'bool' && `${min} to ${max}`,
    effect[parameter.context],
    since !== undefined && `PostgreSQL ${since} and newer`,
    until !== undefined && `up to PostgreSQL ${until}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

const effect: Record<PostgresParameter['context'], string> = {
  internal: 'cannot be set',
  postmaster: '**a change restarts the instances**',
  sighup: 'a change takes effect at once',
  'superuser-backend': 'a change takes effect in new sessions',
  backend: 'a change takes effect in new sessions',
  superuser: 'a change takes effect at once',
  user: 'a change takes effect at once',
};

const bytes: Record<string, number> = { B: 1, kB: 1024, '8kB': 8192, MB: 1024 ** 2 };
const seconds: Record<string, number> = { ms: 0.001, s: 1, min: 60 };

/** ` (128 MB)`, ` (5 min)`; nothing where the unit says it already. */
function inWords({ default: value, unit = '' }: PostgresParameter): string {
  const number = Number(value);
  if (!(number > 0)) return '';
  if (bytes[unit] !== undefined) return ` (${formatBytes(number * bytes[unit])})`;
  const time = number * (seconds[unit] ?? 0);
  if (time === 0) return '';
  return time >= 3600 ? ` (${time / 3600} h)` : time >= 60 ? ` (${time / 60} min)` : time >= 1 ? ` (${time} s)` : '';
}

export const parameterPage = (name: string, { page }: PostgresParameter): string =>
  `https://www.postgresql.org/docs/current/runtime-config-${page}.html#GUC-${name.replaceAll('_', '-').toUpperCase()}`;
