/** The check of single files, and of those that belong together. */
import path from 'node:path';
import type {
  ClusterLinks,
  ManifestDiagnostic,
  ManifestFile,
  RuleSetting,
  Schemas,
  Workspace,
} from '../language/index.ts';
import { checkAs, createWorkspace, linksOf, mayBeOurs, parseFile, withSettings } from '../language/index.ts';
import { createKustomizations } from '../server/kustomizations.ts';
import type { LintFinding } from './lint-formats.ts';
import { standardInput } from './lint-paths.ts';
import { readManifest } from './lint-read.ts';
import type { Manifests } from './manifests.ts';

export interface CheckedFile {
  found: LintFinding[];
  /** Of the Clusters in it. */
  links: ClusterLinks[];
  /** Why it could not be checked. */
  unreadable?: string;
}

export interface Checker {
  checkFile(file: string): CheckedFile;
  /** The same with the Clusters of all these files known. */
  checkTogether(files: readonly string[], known: readonly string[]): CheckedFile[];
}

export interface CheckerOptions {
  schemas: Schemas;
  version: string;
  /** The objects as they are now. */
  against: ManifestFile | undefined;
  /** All files together: rules over both sides are asked too. */
  manifests?: Manifests;
  /** Severities of rules, by code. */
  rules?: Readonly<Record<string, RuleSetting>>;
}

export function createChecker({ schemas, version, against, manifests, rules = {} }: CheckerOptions): Checker {
  const kustomizations = manifests?.kustomizations ?? createKustomizations();
  const old = against && { against };
  const together = manifests && { workspace: manifests.workspace, scope: 'workspace' as const };

  /** Of files whose Clusters name others, and may have to be looked at together with them. */
  const parsed = manifests?.parsed ?? new Map<string, ManifestFile>();

  function checkWith(file: string, workspace?: Workspace): CheckedFile {
    const read = readManifest(file);
    if ('unreadable' in read) return { found: [], links: [], unreadable: read.unreadable };
    const { text, badEncoding } = read;
    if (!mayBeOurs(text)) return { found: text.includes('\0') ? [binary(file)] : [], links: [] };
    const manifest = parseFile(text, parsed.get(file));
    const role = file === standardInput ? 'whole' : kustomizations.roleOf(path.resolve(file));
    const all = checkAs(role, manifest, { schemas, version, ...(workspace && { workspace }), ...together, ...old });
    const found = withSettings(all, rules)
      .map(each => findingOf(file, each))
      .toSorted((a, b) => a.line - b.line || a.column - b.column);
    const byEncoding = badEncoding ? [encodingFault(file, text, badEncoding)] : [];
    const links = role === 'patch' || manifests ? [] : linksOf(manifest);
    if (links.some(({ names }) => names.length > 0)) parsed.set(file, manifest);
    return { found: [...byEncoding, ...found], links };
  }

  function manifestOf(file: string): ManifestFile {
    const known = parsed.get(file);
    if (known) return known;
    const read = readManifest(file);
    const manifest = parseFile('text' in read ? read.text : '');
    parsed.set(file, manifest);
    return manifest;
  }

  return {
    checkFile: file => checkWith(file),
    checkTogether(files, known) {
      const workspace = createWorkspace();
      for (const file of known) workspace.set({ uri: file, file: manifestOf(file) });
      return files.map(file => checkWith(file, workspace));
    },
  };
}

const severityNames = ['error', 'warning', 'info', 'hint'] as const;

const findingOf = (
  file: string,
  { range, severity, code, message, data, relatedInformation = [] }: ManifestDiagnostic,
): LintFinding => ({
  file,
  line: range.start.line + 1,
  column: range.start.character + 1,
  endLine: range.end.line + 1,
  endColumn: range.end.character + 1,
  severity: severityNames[severity - 1] ?? 'error',
  code,
  message,
  path: data.path,
  fixes: data.fixes.filter(({ elsewhere }) => elsewhere === undefined),
  related: relatedInformation.map(({ location, message: what }) => ({
    file: location.uri,
    line: location.range.start.line + 1,
    column: location.range.start.character + 1,
    message: what,
  })),
});

function encodingFault(
  file: string,
  text: string,
  { message, offset }: { message: string; offset: number },
): LintFinding {
  const before = text.slice(0, offset).split('\n');
  const line = before.length;
  const column = (before.at(-1) ?? '').length + 1;
  const place = { line, column, endLine: line, endColumn: column + 1 };
  return { file, ...place, severity: 'error', code: 'yaml/encoding', message, path: '', fixes: [], related: [] };
}

const binary = (file: string): LintFinding =>
  encodingFault(file, '', {
    message:
      'The file has NUL bytes: it is binary, not YAML. Give it another ending or leave it out (.cnpglintignore).',
    offset: 0,
  });
