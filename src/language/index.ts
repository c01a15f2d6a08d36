/** The language room: what can be said of manifests from their text alone. No I/O; schemas come in from outside. */
export { check, clustersIn } from './check.ts';
export type { CheckOptions } from './check.ts';
export { schemaCodes, yamlCodes } from './codes.ts';
export { complete } from './completion.ts';
export { manifestClusters } from './clusters.ts';
export type { ManifestCluster } from './clusters.ts';
export type { DiagnosticData, ManifestDiagnostic } from './diagnostic.ts';
export { hover } from './hover.ts';
export { parseFile } from './manifest.ts';
export type { ManifestDocument, ManifestFile } from './manifest.ts';
export { rules } from './rules/index.ts';
export type { KnownCluster } from './rules/rule.ts';
export type { FieldDoc, KindSchema, Schemas, Structure, Violation } from './schemas.ts';
export { documentSymbols } from './symbols.ts';
export { webhookRules } from './webhook/index.ts';
