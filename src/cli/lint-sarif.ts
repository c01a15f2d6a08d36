/** SARIF 2.1.0 (OASIS), as code scanning services take it. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadPages } from '../server/pages.ts';
import type { LintFinding } from './lint-formats.ts';

export function sarif(found: readonly LintFinding[]): string {
  const codes = [...new Set(found.map(({ code }) => code))].sort();
  const pageOf = loadPages();
  const driver = {
    name: 'cnpg-replica',
    version: ownVersion(),
    rules: codes.map(code => ruleOf(code, levelOf(found.filter(finding => finding.code === code)), pageOf)),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    // Columns count UTF-16 code units, as in the editor.
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results: found.map(each => resultOf(each, codes)) }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

const levels = { error: 'error', warning: 'warning', info: 'note', hint: 'note' } as const;

const levelOf = (found: readonly LintFinding[]): string =>
  levels[(['error', 'warning'] as const).find(level => found.some(({ severity }) => severity === level)) ?? 'info'];

interface SarifRule {
  id: string;
  shortDescription: { text: string };
  help?: { text: string; markdown: string };
  defaultConfiguration: { level: string };
}

function ruleOf(id: string, level: string, pageOf: (code: string) => string | undefined): SarifRule {
  const address = pageOf(id);
  const page = address === undefined ? undefined : fs.readFileSync(new URL(address), 'utf8');
  const title = page === undefined ? undefined : /^# [^:\n]+: (.+)$/m.exec(page)?.[1]?.replaceAll('`', '');
  return {
    id,
    shortDescription: { text: title ?? inWords(id) },
    ...(page !== undefined && { help: { text: page, markdown: page } }),
    defaultConfiguration: { level },
  };
}

const families: Record<string, string> = { schema: 'the CRD', webhook: "the operator's webhook", yaml: 'YAML' };

/** `webhook/storage-shrink` → `storage shrink (the operator's webhook)`. */
function inWords(code: string): string {
  const [family = '', name] = code.split('/');
  return name === undefined ? code : `${name.replaceAll('-', ' ')} (${families[family] ?? family})`;
}

function resultOf(finding: LintFinding, codes: readonly string[]): object {
  const { file, severity, code, message, path: field, fixes, related } = finding;
  const artifactLocation = { uri: uriOf(file) };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation, region: regionOf(finding) },
        ...(field !== '' && { logicalLocations: [{ fullyQualifiedName: field }] }),
      },
    ],
    ...(related.length > 0 && {
      relatedLocations: related.map(each => ({
        message: { text: each.message },
        physicalLocation: {
          artifactLocation: { uri: uriOf(each.file) },
          region: { startLine: each.line, startColumn: each.column },
        },
      })),
    }),
    // The same finding after lines were added above it.
    partialFingerprints: { 'fileCodePath/v1': hash([file, code, field, message]) },
    ...(fixes.length > 0 && {
      fixes: fixes.map(({ title, edits }) => ({
        description: { text: title },
        artifactChanges: [{ artifactLocation, replacements: edits.map(replacementOf) }],
      })),
    }),
  };
}

const regionOf = ({ line, column, endLine, endColumn }: LintFinding): object => ({
  startLine: line,
  startColumn: column,
  endLine,
  endColumn,
});

const replacementOf = ({ range: { start, end }, newText }: LintFinding['fixes'][number]['edits'][number]): object => ({
  deletedRegion: {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  },
  ...(newText !== '' && { insertedContent: { text: newText } }),
});

const uriOf = (file: string): string =>
  path.isAbsolute(file) ? pathToFileURL(file).href : file.split(path.sep).map(encodeURIComponent).join('/');

const hash = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

const ownVersion = (): string =>
  (JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string })
    .version;
