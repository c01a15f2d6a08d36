/** What a field is for, in our own words, with what its schema says. */
import type { Hover } from 'vscode-languageserver-types';
import type { LiveObject } from '../model/live-object.ts';
import { nextRuns, scheduleWords } from '../model/cron.ts';
import { decodeToken } from '../model/token.ts';
import { defaultSegmentSize, formatLsn, formatSegment, parseLsn, segmentAt } from '../model/wal.ts';
import { liveWords } from './live-words.ts';
import type { ManifestDocument, ManifestFile, Path, Position } from './manifest.ts';
import { isOurs, keyRange, pathAt, pathText, valueAt, valueRange } from './manifest.ts';
import type { FieldDoc, Schemas, Structure } from './schemas.ts';
import { parameterFacts, parameterPage } from './parameters.ts';
import { docAt, docPath, structureAt } from './schemas.ts';
import { isFixedParameter } from './webhook/fixed-parameter.ts';

/**
 * @param live what connected contexts have of the object at that position
 * @param now milliseconds since the epoch, for what is told from now on
 */
export function hover(
  file: ManifestFile,
  position: Position,
  schemas: Schemas,
  version: string,
  live: readonly LiveObject[] = [],
  now = Date.now(),
): Hover | undefined {
  const at = pathAt(file, position);
  if (!at || !isOurs(at.document) || at.path.length === 0) return undefined;
  const { document, path } = at;
  const schema = schemas.kind(version, document.apiVersion, document.kind);
  const field = schema && structureAt(schema.structure, path);
  if (!schema || !field) return undefined;
  const parent = structureAt(schema.structure, path.slice(0, -1));
  const parts = [
    `**${pathText(path)}**: ${facts(field, parent?.required?.includes(String(path.at(-1))) ?? false)}`,
    liveWords(document, path, schema.structure, live),
    words(docAt(schema, path), version),
    tokenFacts(document, path),
    parameterWords(path, schemas),
    scheduleFacts(document, path, now),
    positionFacts(document, path),
  ];
  return {
    contents: { kind: 'markdown', value: parts.filter(part => part !== '').join('\n\n') },
    range: at.onKey ? keyRange(document, path) : valueRange(document, path),
  };
}

/** Type, default and bounds, on one line. */
export function facts(field: Structure, required: boolean): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = field;
  const range = (what: string, from: number | undefined, to: number | undefined): string =>
    [from !== undefined && `${from} or more`, to !== undefined && `at most ${to}`]
      .filter(Boolean)
      .map(bound => `${String(bound)}${what}`)
      .join(', ');
  return [
    typeText(field),
    required && field.default === undefined && 'required',
    field.default !== undefined && `default \`${JSON.stringify(field.default)}\``,
    field.enum && `one of ${field.enum.map(value => `\`${String(value)}\``).join(', ')}`,
    range('', minimum, maximum),
    range(' characters', minLength, maxLength),
    range(' items', minItems, maxItems),
    field.pattern !== undefined && !field['x-kubernetes-int-or-string'] && `pattern \`${field.pattern}\``,
  ]
    .filter(Boolean)
    .join(' · ');
}

function typeText(field: Structure): string {
  if (field['x-kubernetes-int-or-string']) return 'integer or string';
  if (field.type === 'array') return `list of ${field.items ? plural(typeText(field.items)) : 'anything'}`;
  if (field.type === 'object' && typeof field.additionalProperties === 'object')
    return `map of ${plural(typeText(field.additionalProperties))}`;
  return field.type ?? 'anything';
}

const plural = (type: string): string => (/^(list|map|integer or)/.test(type) ? type : `${type}s`);

/** The manual moved with 1.28. */
const manualPage = (version: string, page: string): string =>
  `https://cloudnative-pg.io/${Number(version.split('.')[1]) < 28 ? 'documentation' : 'docs'}/${version}/${page}/`;

function words(doc: FieldDoc | undefined, version: string): string {
  if (!doc) return '';
  const page = doc.manual && `[Manual](${manualPage(version, doc.manual)})`;
  return [
    doc.text,
    doc.deprecated && `**Deprecated**: ${doc.deprecated}`,
    [doc.since && `Since CloudNativePG ${doc.since}.`, page].filter(Boolean).join(' '),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function parameterWords(path: Path, { parameters }: Schemas): string {
  const name = String(path.at(-1));
  const known = docPath(path.slice(0, -1)) === 'spec.postgresql.parameters' && Object.hasOwn(parameters, name);
  const parameter = known ? parameters[name] : undefined;
  if (!parameter) return '';
  const owner = isFixedParameter(name) ? 'The operator sets it: it must not be here.' : '';
  return [`PostgreSQL: ${parameterFacts(parameter)}`, owner, `[Manual](${parameterPage(name, parameter)})`]
    .filter(Boolean)
    .join('\n\n');
}

/** The schedule of base backups in words, with the next runs. */
function scheduleFacts({ value, kind }: ManifestDocument, path: Path, now: number): string {
  const text = valueAt(value, path);
  if (kind !== 'ScheduledBackup' || docPath(path) !== 'spec.schedule' || typeof text !== 'string') return '';
  const runs = nextRuns(text, now, 5).map(at => `- ${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}`);
  const suspended = valueAt(value, ['spec', 'suspend']) === true ? ' It is suspended.' : '';
  return [`\`${text}\`: ${scheduleWords(text)}.${suspended}`, runs.length > 0 && `Next (UTC):\n${runs.join('\n')}`]
    .filter(Boolean)
    .join('\n\n');
}

/** In which segment a recovery to an LSN ends; the timeline is not known from the LSN. */
function positionFacts({ value }: ManifestDocument, path: Path): string {
  const lsn = path.at(-1) === 'targetLSN' ? parseLsn(String(valueAt(value, path))) : undefined;
  if (lsn === undefined) return '';
  const { number } = segmentAt(lsn, 1);
  const name = formatSegment({ timeline: 1, number });
  const next = formatLsn((number + 1n) * BigInt(defaultSegmentSize));
  return `With segments of 16 MiB: ${formatLsn(lsn)} is in \`TTTTTTTT${name.slice(8)}\` (TTTTTTTT is the timeline), which ends at ${next}.`;
}

/** A promotion token is Base64 of readable facts. */
function tokenFacts(document: ManifestDocument, path: Path): string {
  const value = valueAt(document.value, path);
  if (path.at(-1) !== 'promotionToken' || typeof value !== 'string') return '';
  const token = decodeToken(value);
  if (typeof token === 'string') return `This is no token: ${token}`;
  return [
    `Timeline ${token.latestCheckpointTimelineID}, LSN ${token.latestCheckpointREDOLocation}`,
    `segment \`${token.redoWalFile}\``,
    `system ${token.databaseSystemIdentifier}`,
    `made ${token.timeOfLatestCheckpoint} by operator ${token.operatorVersion}`,
  ].join(', ');
}
