/** How `lint` prints what it found. */
import path from 'node:path';

/** Lines and columns count from 1; the end is behind the last character. */
export interface LintFinding {
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  severity: 'error' | 'warning' | 'info' | 'hint';
  code: string;
  message: string;
  /** `spec.externalClusters[0].name`; empty where there is none, as for a syntax error. */
  path: string;
}

type Format = (found: readonly LintFinding[], files: number) => string;

export const formats: Record<string, Format> = { text, json, sarif, github };

function text(found: readonly LintFinding[], files: number): string {
  const lines = found.map(
    ({ file, line, column, severity, code, message }) =>
      `${file}:${line}:${column}: ${severity}: ${message} [${code}]\n`,
  );
  const errors = found.filter(({ severity }) => severity === 'error').length;
  const summary = `${plural(files, 'file')}, ${plural(errors, 'error')}, ${plural(found.length - errors, 'other finding')}\n`;
  return lines.join('') + summary;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function json(found: readonly LintFinding[]): string {
  return `${JSON.stringify(found, undefined, 2)}\n`;
}

const levels = { error: 'error', warning: 'warning', info: 'note', hint: 'note' } as const;

/** SARIF 2.1.0 (OASIS), as code scanning services take it. */
function sarif(found: readonly LintFinding[]): string {
  const rules = [...new Set(found.map(({ code }) => code))].map(id => ({ id }));
  const results = found.map(({ file, line, column, endLine, endColumn, severity, code, message }) => ({
    ruleId: code,
    level: levels[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split(path.sep).map(encodeURIComponent).join('/') },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'cnpg-replica', rules } }, results }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

const commands = { error: 'error', warning: 'warning', info: 'notice', hint: 'notice' } as const;

/** Workflow commands of GitHub Actions; their values are percent-encoded where they would end the command. */
function github(found: readonly LintFinding[]): string {
  const data = (value: string): string => value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (value: string): string => data(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return found
    .map(
      ({ file, line, column, endLine, endColumn, severity, code, message }) =>
        `::${commands[severity]} file=${property(file)},line=${line},col=${column},endLine=${endLine},endColumn=${endColumn},title=${property(code)}::${data(message)}\n`,
    )
    .join('');
}
