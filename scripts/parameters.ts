/**
 * Makes `schemas/postgresql.json`, the parameters of PostgreSQL as servers describe them (view `pg_settings`).
 * Usage, not as root: node scripts/parameters.ts BIN..., where each BIN has `initdb` and `postgres` of one major version.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PostgresParameter } from '../src/language/parameters.ts';

const columns = 'name, category, vartype, unit, context, boot_val, min_val, max_val, array_to_json(enumvals)';
/** Chapters of the manual, by the first part of the category. */
const pages: Record<string, string> = {
  Autovacuum: 'vacuum',
  Vacuuming: 'vacuum',
  'Client Connection Defaults': 'client',
  'Connections and Authentication': 'connection',
  'Developer Options': 'developer',
  'Error Handling': 'error-handling',
  'File Locations': 'file-locations',
  'Lock Management': 'locks',
  'Preset Options': 'preset',
  'Query Tuning': 'query',
  Replication: 'replication',
  'Reporting and Logging': 'logging',
  'Resource Usage': 'resource',
  Statistics: 'statistics',
  'Version and Platform Compatibility': 'compatible',
  'Write-Ahead Log': 'wal',
};

/** @returns the major version and what it has */
function read(bin: string): { major: number; parameters: Map<string, PostgresParameter> } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parameters-'));
  const [data, out] = [path.join(folder, 'data'), path.join(folder, 'out.tsv')];
  try {
    execFileSync(path.join(bin, 'initdb'), ['-D', data, '-A', 'trust'], { stdio: 'ignore' });
    const input = `COPY (SELECT ${columns} FROM pg_settings ORDER BY name) TO '${out}'\n`;
    execFileSync(path.join(bin, 'postgres'), ['--single', '-j', '-D', data, 'postgres'], { input, stdio: 'pipe' });
    const major = Number(fs.readFileSync(path.join(data, 'PG_VERSION'), 'utf8'));
    const lines = fs.readFileSync(out, 'utf8').trimEnd().split('\n');
    return { major, parameters: new Map(lines.map(parameterOf)) };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function parameterOf(line: string): [string, PostgresParameter] {
  const [name = '', category = '', type = '', unit, context = '', initial, min, max, values] = line
    .split('\t')
    .map(cell => (cell === '\\N' ? undefined : cell.replaceAll('\\\\', '\\')));
  return [
    name,
    {
      type: type as PostgresParameter['type'],
      context: context as PostgresParameter['context'],
      page: pages[category.split(' / ')[0] ?? ''] ?? 'custom',
      ...(initial !== undefined && initial !== '' && { default: initial }),
      ...(unit !== undefined && { unit }),
      ...(min !== undefined && { min: Number(min) }),
      ...(max !== undefined && { max: Number(max) }),
      ...(values !== undefined && { values: JSON.parse(values) as string[] }),
    },
  ];
}

const versions = process.argv
  .slice(2)
  .map(read)
  .toSorted((a, b) => b.major - a.major);
const [newest] = versions;
const oldest = versions.at(-1);
if (!newest || !oldest) throw new Error('usage: node scripts/parameters.ts BIN...');
const names = [...new Set(versions.flatMap(({ parameters }) => [...parameters.keys()]))].sort();
const all = Object.fromEntries(
  names.map(name => {
    const having = versions.filter(({ parameters }) => parameters.has(name));
    const [since, until] = [having.at(-1)?.major, having[0]?.major];
    return [
      name,
      {
        ...having[0]?.parameters.get(name),
        ...(since !== oldest.major && { since }),
        ...(until !== newest.major && { until }),
      },
    ];
  }),
);
const lines = Object.entries(all).map(([name, parameter]) => `${JSON.stringify(name)}: ${JSON.stringify(parameter)}`);
fs.writeFileSync(path.resolve(import.meta.dirname, '../schemas/postgresql.json'), `{\n${lines.join(',\n')}\n}\n`);
console.log(`${names.length} parameters of PostgreSQL ${oldest.major} to ${newest.major}`);
