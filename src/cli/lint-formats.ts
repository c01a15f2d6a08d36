/** How `lint` prints what it found. */
import { styleText } from 'node:util';
import type { Fix } from '../language/index.ts';
import { sarif } from './lint-sarif.ts';

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
  fixes: readonly Fix[];
  /** What it is about as well, as on the other side of a topology. */
  related: readonly { file: string; line: number; column: number; message: string }[];
}

/** @param files how many were checked */
type Format = (found: readonly LintFinding[], files: number) => string;

export const formats: Record<string, Format> = { text, json, sarif, github };

function text(found: readonly LintFinding[], files: number): string {
  const paint = isColoured() ? inColour : plain;
  const lines = found.map(
    ({ file, line, column, severity, code, message, related }) =>
      `${paint('bold', `${file}:${line}:${column}:`)} ${paint(colours[severity], `${severity}:`)} ${message} ${paint('dim', `[${code}]`)}\n${related
        .map(each => `    ${paint('dim', `${each.file}:${each.line}:${each.column}: ${each.message}`)}\n`)
        .join('')}`,
  );
  const errors = found.filter(({ severity }) => severity === 'error').length;
  const summary = `${plural(files, 'file')}, ${plural(errors, 'error')}, ${plural(found.length - errors, 'other finding')}\n`;
  return lines.join('') + summary;
}

const colours = { error: 'red', warning: 'yellow', info: 'cyan', hint: 'cyan' } as const;
type Style = 'bold' | 'dim' | (typeof colours)[keyof typeof colours];

/** Source: no-color.org. */
const isColoured = (): boolean => process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
const plain = (_: Style, value: string): string => value;
const inColour = (style: Style, value: string): string => styleText(style, value, { validateStream: false });

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function json(found: readonly LintFinding[]): string {
  return `${JSON.stringify(found.map(plainFinding), undefined, 2)}\n`;
}

/** What the contract has of a finding. */
export const plainFinding = (finding: LintFinding): object => ({ ...finding, fixes: undefined, related: undefined });

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
