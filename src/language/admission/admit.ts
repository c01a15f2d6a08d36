/**
 * What the API server makes of a manifest before it validates: decoded, defaulted, and for a Cluster as the operator's mutating
 * webhook sends it back. Rules are asked of this object, not of the text.
 */
import type { ManifestDocument, Path } from '../manifest.ts';
import { isRecord } from '../manifest.ts';
import type { Structure } from '../schemas.ts';
import { defaultCluster } from './cluster-defaults.ts';
import type { DecodeFault, Decoding } from './decode.ts';
import { decode, fillZeros } from './decode.ts';
import type { Metadata } from './metadata.ts';
import { metadataStructure } from './metadata.ts';

export interface Admitted {
  kind: string;
  metadata: Metadata;
  /** Sound: wherever there is a value, it has the type of the structure. */
  spec: Record<string, unknown>;
  /** The whole of it without its status, which nobody reads when an object is created or replaced. */
  object: Record<string, unknown>;
  status: Record<string, unknown> | undefined;
  faults: DecodeFault[];
  /** Required fields that nobody gave, and that the operator fills with zeros. */
  filled: Path[];
}

/** Kinds that a webhook of the operator decodes before the schema is looked at. */
const decodedByWebhook = new Set(['Backup', 'Cluster', 'Database', 'ScheduledBackup']);

const envelope: Structure = { type: 'string' };

/** @param operator without one nobody fills in what the schema does not: what an API server alone says */
export function admit(
  { decoded: given, kind }: Pick<ManifestDocument, 'decoded' | 'kind'>,
  structure: Structure,
  operator = true,
): Admitted {
  const faults: DecodeFault[] = [];
  const to: Decoding = { byGo: operator && decodedByWebhook.has(kind), faults };
  const { metadata, status, ...rest } = given;
  const properties = { ...structure.properties, apiVersion: envelope, kind: envelope };
  const decoded = decode(rest, { ...structure, properties }, [], to) as Record<string, unknown>;
  const meta =
    metadata === undefined || metadata === null
      ? undefined
      : decode(metadata, metadataStructure, ['metadata'], { byGo: true, faults });
  const state = structure.properties?.['status'];
  const before = state && isRecord(status) ? decode(status, state, ['status'], to) : undefined;
  if (status !== undefined && !state) faults.push({ fault: 'unknown', path: ['status'], structure });
  const object: Record<string, unknown> = { ...decoded, ...(meta !== undefined && { metadata: meta }) };
  const isDefaulted = operator && kind === 'Cluster';
  const filled = isDefaulted ? fillZeros(object, { ...structure, properties }) : [];
  if (isDefaulted) defaultCluster(object);
  return {
    kind,
    metadata: named(isRecord(meta) ? meta : {}),
    spec: isRecord(object['spec']) ? object['spec'] : {},
    object,
    status: isRecord(before) ? before : undefined,
    faults,
    filled,
  };
}

/** The API server appends five characters to `generateName`; which, nobody knows before. */
const named = (metadata: Metadata): Metadata =>
  metadata.name || !metadata.generateName
    ? metadata
    : { ...metadata, name: `${metadata.generateName.slice(0, longestBase)}xxxxx` };

/** What is longer is cut before the characters are appended. */
const longestBase = 58;
