/** The language room: what can be said of manifests from their text alone. No I/O; schemas come in from outside. */
export { check, clustersIn, mayBeOurs } from './check.ts';
export type { CheckOptions } from './check.ts';
export { schemaCodes, yamlCodes } from './codes.ts';
export { complete } from './completion.ts';
export { knownNames } from './known-names.ts';
export type { KnownNames, LiveNames } from './known-names.ts';
export { manifestClusters } from './clusters.ts';
export type { ManifestCluster } from './clusters.ts';
export type { DiagnosticData, ManifestDiagnostic } from './diagnostic.ts';
export type { Fix, PlacedFix } from './edits.ts';
export { hover } from './hover.ts';
export { inlayHints } from './inlay-hints.ts';
export { appliedBy, checkAs, kustomizationNames, readKustomization } from './kustomize.ts';
export type { Applied, Kustomization, KustomizeRole } from './kustomize.ts';
export {
  hasReplicaOperations,
  replicaPatchesIn,
  withReplicaInKustomization,
  withReplicaOperations,
} from './kustomize-replica.ts';
export { linkedFiles, linksOf } from './topology-links.ts';
export type { ClusterLinks } from './topology-links.ts';
export { isOurs, parseFile, pathAt } from './manifest.ts';
export type { ManifestDocument, ManifestFile, Range } from './manifest.ts';
export { ruleSettings, withSettings } from './rule-settings.ts';
export type { RuleSetting } from './rule-settings.ts';
export { rules } from './rules/index.ts';
export type { Scope } from './rules/index.ts';
export type { Live } from './rules/live.ts';
export type { PostgresParameter, PostgresParameters } from './parameters.ts';
export type { FieldDoc, KindSchema, Schemas, Structure, Violation } from './schemas.ts';
export { definitionAt, definitionsAmong, definitionsIn } from './definitions.ts';
export type { Definition, ObjectName } from './definitions.ts';
export { withLiveValues } from './live-diff.ts';
export { contextOf } from './places.ts';
export { neighboursIn } from './neighbours.ts';
export { withReplica } from './replica-edits.ts';
export type { EditedText, ReplicaValues } from './replica-edits.ts';
export { snippetsAt, withDefaults } from './snippets.ts';
export type { Snippet } from './snippets.ts';
export { documentSymbols } from './symbols.ts';
export { webhookRules } from './webhook/index.ts';
export { createWorkspace } from './workspace.ts';
export type { Entry, Workspace, WorkspaceFile } from './workspace.ts';
export { topologiesOf } from './topology-report.ts';
export type { ArchiveReport, LinkReport, MemberReport, TopologyReport } from './topology-report.ts';
export {
  definitionsAt,
  highlightsAt,
  linksIn,
  referencesAt,
  renameAt,
  renameRangeAt,
  symbolsIn,
} from './navigation.ts';
export type { NamedPlace, Place } from './navigation.ts';
export { foldings, selectionAt } from './ranges.ts';
export { refactored, refactoringsAt } from './refactorings/index.ts';
export type { Changes, OfferedRefactoring } from './refactorings/index.ts';
export { writtenTopologies } from './written-topologies.ts';
