/** Rules over both sides of a topology, in the order of their codes. Each has a page beside it with examples, which are its tests. */
import type { DiagnosticRelatedInformation } from 'vscode-languageserver-types';
import type { ManifestDiagnostic } from '../diagnostic.ts';
import { diagnostic } from '../diagnostic.ts';
import type { Edit } from '../edits.ts';
import type { ManifestDocument, Range } from '../manifest.ts';
import { isRecord, keyRange, pathText, shiftedRange, valueRange } from '../manifest.ts';
import { isSide } from '../sides.ts';
import { isDisabled } from '../webhook/validation-annotation.ts';
import type { Asked, Entry, Workspace } from '../workspace.ts';
import { applicationDatabase } from './application-database.ts';
import { applicationName } from './application-name.ts';
import { archiveKindsMixed } from './archive-kinds-mixed.ts';
import { archiveShared } from './archive-shared.ts';
import { archiveTimeout } from './archive-timeout.ts';
import { archiveUnwritten } from './archive-unwritten.ts';
import { archiverFlag } from './archiver-flag.ts';
import { archivingOff } from './archiving-off.ts';
import { asleepInRoleChange } from './asleep-in-role-change.ts';
import { backupMethod } from './backup-method.ts';
import { baseBackupUnplanned } from './base-backup-unplanned.ts';
import { bootstrapElsewhere } from './bootstrap-elsewhere.ts';
import { bootstrapInitdb } from './bootstrap-initdb.ts';
import { bootstrapMissing } from './bootstrap-missing.ts';
import { bootstrapTwice } from './bootstrap-twice.ts';
import { certificateMissing } from './certificate-missing.ts';
import { certificatesExpire } from './certificates-expire.ts';
import { delayWithToken } from './delay-with-token.ts';
import { delayedPartner } from './delayed-partner.ts';
import { detached } from './detached.ts';
import { emptyCheckOff } from './empty-check-off.ts';
import { entryPluginDisabled } from './entry-plugin-disabled.ts';
import { extensionsDiffer } from './extensions-differ.ts';
import { fencedInstancesForm } from './fenced-instances.ts';
import { hostInCluster } from './host-in-cluster.ts';
import { hostMissing } from './host-missing.ts';
import { hostNotInCertificate } from './host-not-in-certificate.ts';
import { hotStandbyRules } from './hot-standby-parameters.ts';
import { identityCollision } from './identity-collision.ts';
import { imageDiffers } from './image-differs.ts';
import { instancesDiffer } from './instances-differ.ts';
import { linkSecretMissing } from './link-secret-missing.ts';
import { listsDiffer } from './lists-differ.ts';
import { majorVersions } from './major-versions.ts';
import { modeAmbiguous } from './mode-ambiguous.ts';
import { modeMixed } from './mode-mixed.ts';
import { namespaceMixed } from './namespace-mixed.ts';
import { noPrimary } from './no-primary.ts';
import { objectStoreMissing } from './object-store-missing.ts';
import { objectStoreNamespace } from './object-store-namespace.ts';
import { objectStoreUnnamed } from './object-store-unnamed.ts';
import { objectsOnReplica } from './objects-on-replica.ts';
import { oneWay } from './one-way.ts';
import { ownArchiveRead } from './own-archive-read.ts';
import { ownCertificates } from './own-certificates.ts';
import { operatorVersions } from './operator-versions.ts';
import { parametersDiffer } from './parameters-differ.ts';
import { partialLeftOut } from './partial-left-out.ts';
import { partnerNotDemoted } from './partner-not-demoted.ts';
import { partnerUnknown } from './partner-unknown.ts';
import { passwordMissing } from './password-missing.ts';
import { poolerOnReplica } from './pooler-on-replica.ts';
import { primariesDisagree } from './primaries-disagree.ts';
import { primaryFollowsItself } from './primary-follows-itself.ts';
import { primaryNotDefined } from './primary-not-defined.ts';
import { primaryWithoutArchive } from './primary-without-archive.ts';
import { promotionWithoutToken } from './promotion-without-token.ts';
import { reconciliationOff } from './reconciliation-off.ts';
import { recoveryTarget } from './recovery-target.ts';
import { replicaOfItself } from './replica-of-itself.ts';
import { replicaWithoutArchive } from './replica-without-archive.ts';
import { ringBroken } from './ring-broken.ts';
import { roleDefinitionsDiffer } from './role-definitions-differ.ts';
import { rootCertificateMissing } from './root-certificate-missing.ts';
import { satelliteWithoutCluster } from './satellite-without-cluster.ts';
import { segmentSize } from './segment-size.ts';
import { selfMismatch } from './self-mismatch.ts';
import { selfNotDefined } from './self-not-defined.ts';
import { selfUnlisted } from './self-unlisted.ts';
import { serverNameDefault } from './server-name-default.ts';
import { sourceMissing } from './source-missing.ts';
import { sourceNotDefined } from './source-not-defined.ts';
import { sslmodeWeak } from './sslmode-weak.ts';
import { standalonePair } from './standalone-pair.ts';
import { stanzaRemoved } from './stanza-removed.ts';
import { storageSmaller } from './storage-smaller.ts';
import { storeCredentials } from './store-credentials.ts';
import { storeScheme } from './store-scheme.ts';
import { storeSecretMissing } from './store-secret-missing.ts';
import { storeShared } from './store-shared.ts';
import { storeUnreachable } from './store-unreachable.ts';
import { streamingOnly } from './streaming-only.ts';
import { superuserLink } from './superuser-link.ts';
import { tablespacesDiffer } from './tablespaces-differ.ts';
import { tightTimeouts } from './tight-timeouts.ts';
import { tokenForeign } from './token-foreign.ts';
import { tokenFromThePast } from './token-from-the-past.ts';
import { tokenInFile } from './token-in-file.ts';
import { tokenInconsistent } from './token-inconsistent.ts';
import { tokenUsed } from './token-used.ts';
import { twoPrimaries } from './two-primaries.ts';
import { walKept } from './wal-kept.ts';
import { walLogHints } from './wal-log-hints.ts';
import { wrongService } from './wrong-service.ts';
import type { Live } from './live.ts';
import type { Finding, ObjectRule, Rule, RuleFix, Subject } from './rule.ts';

/** Over the replica stanza of one Cluster: asked of every manifest. */
const stanzaRules: readonly Rule[] = [
  modeMixed,
  sourceMissing,
  sourceNotDefined,
  primaryNotDefined,
  selfNotDefined,
  selfUnlisted,
  replicaOfItself,
  primaryFollowsItself,
  modeAmbiguous,
  detached,
  standalonePair,
  bootstrapMissing,
  bootstrapInitdb,
  bootstrapTwice,
  recoveryTarget,
  bootstrapElsewhere,
  applicationDatabase,
  delayWithToken,
  delayedPartner,
];

/** Over Clusters with all that a workspace knows of the place of each and of the other side. */
const clusterRules: readonly Rule[] = [
  entryPluginDisabled,
  objectStoreMissing,
  objectStoreNamespace,
  objectStoreUnnamed,
  serverNameDefault,
  archiveKindsMixed,
  archiverFlag,
  twoPrimaries,
  noPrimary,
  primariesDisagree,
  archiveShared,
  archiveUnwritten,
  ownArchiveRead,
  listsDiffer,
  oneWay,
  ringBroken,
  partnerUnknown,
  identityCollision,
  selfMismatch,
  instancesDiffer,
  storageSmaller,
  tablespacesDiffer,
  roleDefinitionsDiffer,
  parametersDiffer,
  replicaWithoutArchive,
  primaryWithoutArchive,
  baseBackupUnplanned,
  storeUnreachable,
  storeShared,
  archivingOff,
  emptyCheckOff,
  partialLeftOut,
  archiveTimeout,
  streamingOnly,
  hostMissing,
  hostInCluster,
  wrongService,
  certificateMissing,
  passwordMissing,
  superuserLink,
  sslmodeWeak,
  rootCertificateMissing,
  hostNotInCertificate,
  linkSecretMissing,
  ownCertificates,
  certificatesExpire,
  applicationName,
  tightTimeouts,
  majorVersions,
  imageDiffers,
  segmentSize,
  ...hotStandbyRules,
  extensionsDiffer,
  walLogHints,
  walKept,
  tokenInconsistent,
  tokenForeign,
  tokenFromThePast,
  tokenUsed,
  promotionWithoutToken,
  partnerNotDemoted,
  stanzaRemoved,
  tokenInFile,
  asleepInRoleChange,
  operatorVersions,
  reconciliationOff,
  fencedInstancesForm,
];

/** Over objects of other kinds. */
const objectRules: readonly ObjectRule[] = [
  backupMethod,
  storeCredentials,
  storeScheme,
  storeSecretMissing,
  satelliteWithoutCluster,
  objectsOnReplica,
  poolerOnReplica,
  namespaceMixed,
];

export const rules: readonly (Rule | ObjectRule)[] = [...stanzaRules, ...clusterRules, ...objectRules];

/**
 * - `alone`: only rules over the replica stanza are asked
 * - `known`: those over both sides too; the workspace may lack something
 * - `workspace`: what it lacks is nowhere
 */
export type Scope = 'alone' | 'known' | 'workspace';

export interface RuleOptions {
  workspace: Workspace;
  scope: Scope;
  live: Live | undefined;
}

interface Kept extends RuleOptions {
  entry: Entry;
  asked: Asked;
  found: Found[];
  shown: { lines: string; diagnostics: ManifestDiagnostic[] } | undefined;
}

interface Found extends Finding {
  rule: Rule | ObjectRule;
}

/** Findings of a document, which hold until something changes that a rule looked at. */
const kept = new WeakMap<ManifestDocument, Kept>();

/** @returns the same objects as before for what did not change */
export function ruleDiagnostics(document: ManifestDocument, options: RuleOptions): ManifestDiagnostic[] {
  const entry = options.workspace.entryOf(document);
  if (!entry) return [];
  const known = findingsOf(document, entry, options);
  const lines = linesOf(document, known.found);
  if (known.shown?.lines !== lines)
    known.shown = { lines, diagnostics: known.found.flatMap(finding => shown(document, entry, finding)) };
  return known.shown.diagnostics;
}

/** Where the documents begin that findings have places in. */
const linesOf = ({ startLine }: ManifestDocument, found: readonly Found[]): string =>
  `${startLine} ${found
    .flatMap(({ related = [], fixes = [] }) => [
      ...related.map(({ entry }) => entry.document.startLine),
      ...fixes.flatMap(({ elsewhere = [] }) => elsewhere.map(({ entry }) => entry.document.startLine)),
    ])
    .join()}`;

function shown(document: ManifestDocument, entry: Entry, finding: Found): ManifestDiagnostic[] {
  const { rule, path, on, message, severity = rule.severity } = finding;
  const range = on === 'key' ? keyRange(document, path) : valueRange(document, path);
  if (isIgnored(document, rule.code, range)) return [];
  // Without its webhook the operator refuses nothing; it is still wrong.
  const refusal = isDisabled(entry.cluster?.metadata.annotations) ? 'warning' : 'error';
  const fixes = finding.fixes?.map(fix => fixAt(fix, document.startLine));
  const level = severity === 'error' ? refusal : severity;
  return [diagnostic(level, rule.code, range, pathText(path), message, fixes, relatedOf(finding))];
}

function findingsOf(document: ManifestDocument, entry: Entry, options: RuleOptions): Kept {
  const { workspace, scope, live } = options;
  const before = kept.get(document);
  if (
    before?.workspace === workspace &&
    before.scope === scope &&
    before.live?.own === live?.own &&
    before.live?.all === live?.all &&
    before.live?.stores === live?.stores &&
    before.entry === entry &&
    workspace.holds(before.asked)
  )
    return before;
  // Lines count from the document's start, so that lines above it do not matter.
  const complete = scope === 'workspace';
  const subject: Subject = { document: { ...document, startLine: 0 }, entry, workspace, live, complete };
  const { result: found, asked } = workspace.follow(() => askRules(subject, scope));
  const known: Kept = { ...options, entry, asked, found, shown: undefined };
  kept.set(document, known);
  return known;
}

function askRules(subject: Subject, scope: Scope): Found[] {
  const { entry, live } = subject;
  const isAcross = scope !== 'alone' && !entry.rewritten;
  const found: Found[] = [];
  if (isSide(entry))
    // How it would be bootstrapped does not matter any more to one that is there.
    for (const rule of isAcross ? [...stanzaRules, ...clusterRules] : stanzaRules)
      if (!(live?.own && rule.onlyNew))
        for (const each of rule.check({ ...subject, entry, cluster: entry.cluster })) found.push({ ...each, rule });
  if (isAcross && isRecord(entry.document.value['spec']))
    for (const rule of objectRules)
      if (rule.kinds.includes(entry.kind)) for (const each of rule.check(subject)) found.push({ ...each, rule });
  return found;
}

const editAt = ({ range, newText }: Edit, line: number): Edit => ({ range: shiftedRange(range, line), newText });

const fixAt = ({ title, edits, elsewhere }: RuleFix, line: number) => ({
  title,
  edits: edits.map(edit => editAt(edit, line)),
  ...(elsewhere && {
    elsewhere: elsewhere.map(({ entry: { uri, document }, edits: others }) => ({
      uri,
      edits: others.map(edit => editAt(edit, document.startLine)),
    })),
  }),
});

/** A comment `# cnpg-topology-ignore: RC113` on the line or the line above. */
function isIgnored({ text, startLine, lines }: ManifestDocument, code: string, range: Range): boolean {
  const line = range.start.line - startLine;
  const [from, to] = [lines.lineStarts[Math.max(line - 1, 0)], lines.lineStarts[line + 1]];
  const near = text.slice(from, to);
  return [...near.matchAll(/#\s*cnpg-topology-ignore:\s*([A-Z0-9, ]+)/g)].some(([, codes = '']) =>
    codes.split(/[, ]+/).includes(code),
  );
}

/** What is in a file without address cannot be linked to. */
function relatedOf({ related = [] }: Finding): DiagnosticRelatedInformation[] | undefined {
  const places = related.filter(({ entry }) => entry.uri !== '');
  if (places.length === 0) return undefined;
  return places.map(({ entry: { uri, document }, path, message }) => ({
    location: { uri, range: keyRange(document, path) },
    message,
  }));
}
