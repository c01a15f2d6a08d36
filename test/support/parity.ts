/** How far what is said of manifests agrees with verdicts of a real API server with the real operator's webhooks. */
import fs from 'node:fs';
import path from 'node:path';
import type { ManifestDiagnostic } from '../../src/language/index.ts';
import { check, parseFile } from '../../src/language/index.ts';
import { newest, schemas } from './schemas.ts';
import { reference } from './shared.ts';

export interface Verdict {
  id: string;
  family: string;
  mutation: string;
  op: 'create' | 'update';
  yaml: string;
  oldYaml?: string;
  verdict: 'accepted' | 'rejected';
  message?: string;
  causes?: { field?: string; message: string }[];
  warnings?: string[];
}

/** `CNPG_VERDICTS` names another file of the same form. */
export const verdictsFile = process.env['CNPG_VERDICTS'] ?? path.join(reference, 'corpus/verdicts.jsonl');

export const readVerdicts = (): Verdict[] =>
  fs
    .readFileSync(verdictsFile, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Verdict);

export interface Row {
  family: string;
  rejected: number;
  caught: number;
  accepted: number;
  flagged: number;
}

export interface Parity {
  rows: Row[];
  missed: Verdict[];
  flagged: { verdict: Verdict; messages: string[] }[];
  /** Warnings of the API, and those of them that are said as well. */
  warnings: { all: number; said: number; unsaid: string[] };
  /** Causes of refusals that name a field, and those that are shown at that field or a part of it. */
  places: { all: number; right: number; elsewhere: string[] };
}

const diagnosticsOf = ({ yaml, oldYaml }: Verdict): ManifestDiagnostic[] =>
  check(parseFile(yaml), {
    schemas,
    version: newest,
    ...(oldYaml !== undefined && { against: parseFile(oldYaml) }),
  });

export function parity(verdicts: readonly Verdict[]): Parity {
  const judged = verdicts.map(verdict => ({ verdict, found: diagnosticsOf(verdict) }));
  const isCaught = ({ found }: (typeof judged)[number]): boolean => found.some(({ severity }) => severity === 1);
  const rejected = judged.filter(({ verdict }) => verdict.verdict === 'rejected');
  const accepted = judged.filter(({ verdict }) => verdict.verdict === 'accepted');
  const families = [...new Set(verdicts.map(familyOf))].sort();
  const places = rejected.flatMap(({ verdict, found }) =>
    (verdict.causes ?? [])
      .filter(({ field }) => field !== undefined && field !== '' && field !== '<nil>')
      .map(({ field = '', message }) => ({
        right: found.some(({ severity, data }) => severity === 1 && isNear(data.path, fieldOf(field))),
        text: `${verdict.id} ${field} (${message.slice(0, 80)}): ${found.map(({ data }) => data.path).join(', ')}`,
      })),
  );
  const warnings = judged.flatMap(({ verdict, found }) =>
    (verdict.warnings ?? []).map(text => ({ text, said: found.some(({ code }) => code === codeOf(text)) })),
  );
  return {
    rows: families.map(family => {
      const of = (all: typeof judged): typeof judged => all.filter(({ verdict }) => familyOf(verdict) === family);
      return {
        family,
        rejected: of(rejected).length,
        caught: of(rejected).filter(isCaught).length,
        accepted: of(accepted).length,
        flagged: of(accepted).filter(isCaught).length,
      };
    }),
    missed: rejected.filter(each => !isCaught(each)).map(({ verdict }) => verdict),
    flagged: accepted.filter(isCaught).map(({ verdict, found }) => ({
      verdict,
      messages: found.filter(({ severity }) => severity === 1).map(({ code, message }) => `${code}: ${message}`),
    })),
    warnings: {
      all: warnings.length,
      said: warnings.filter(({ said }) => said).length,
      unsaid: warnings.filter(({ said }) => !said).map(({ text }) => text),
    },
    places: {
      all: places.length,
      right: places.filter(({ right }) => right).length,
      elsewhere: places.filter(({ right }) => !right).map(({ text }) => text),
    },
  };
}

/** Mutations of published manifests are one family; those that aim at a rule go by it. */
const familyOf = ({ family, op }: Verdict): string =>
  op === 'update' ? 'update' : family.startsWith('rule:') ? 'webhook rules' : family;

/** Fields as the operator names them that are none, and where the reader finds them. */
const realFields: [RegExp, string][] = [
  [/^spec\.replicaCluster\.(token)$/, 'spec.replica.promotionToken'],
  [/^spec\.replicaCluster\.primaryServerName$/, 'spec.replica.source'],
  [/^spec\.replicaCluster$/, 'spec'],
  [/^spec\.replicaCluster/, 'spec.replica'],
  [/^spec\.superusersecret/, 'spec.superuserSecret'],
  [/^spec\.certificates\.\w+$/, 'spec.certificates'],
  [/^spec\.affinity\.toleration\b(.\d+.)\.(operator|effect|key)$/, 'spec.affinity.tolerations$1'],
  [/^spec\.postgresql\.env\b/, 'spec.env'],
  [/^spec\.cluster\.parameters$/, 'spec.pgbouncer.parameters'],
  [/^spec\.tablespaces\[(\d+)\]\.size$/, 'spec.tablespaces[$1].storage'],
  [/^spec\.bootstrap\.recovery\.(dataSource|storage)\b.*$/, 'spec.bootstrap.recovery.volumeSnapshots'],
  [/\.awsCredentials$/, '.s3Credentials'],
  [/\.usages\[/, '.usage['],
  [/^\.spec/, 'spec'],
];

const fieldOf = (field: string): string =>
  realFields.reduce((at, [pattern, real]) => at.replace(pattern, real), field).replace(/\[([^\d\]"][^\]]*)\]/g, '.$1');

/** At the field, within it, or where it would be. */
function isNear(shown: string, field: string): boolean {
  const plain = shown.replace(/\["([^"]+)"\]/g, '.$1');
  return plain === field || plain.startsWith(field) || field.startsWith(plain);
}

const codes: [RegExp, string][] = [
  [/^Native support for Barman Cloud/, 'webhook/in-tree-barman'],
  [/^Retention policies specified/, 'webhook/retention-without-store'],
  [/^Consider using `?\.spec\.enablePDB/, 'webhook/maintenance-window'],
  [/are both specified/, 'webhook/storage-twice'],
  [/metricsQueriesTTL is explicitly set to 0/, 'webhook/durations'],
  [/^`shared_buffers` value/, 'webhook/shared-buffers'],
  [/^validation webhook is disabled|^invalid "cnpg.io\/validation"/, 'webhook/validation-annotation'],
  [/^Schedule parameter may not have/, 'webhook/schedule'],
  [/^The operator won't handle the Pooler/, 'webhook/pooler-authentication'],
  [/authQuerySecret field has been deprecated/, 'webhook/pooler-authentication'],
  [/podMonitor|PodMonitor/, 'webhook/pod-monitor'],
];

/** @returns the code of what we say instead of a warning of the API */
export const codeOf = (warning: string): string | undefined => codes.find(([pattern]) => pattern.test(warning))?.[1];
