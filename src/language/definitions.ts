/** Where the manifests of objects are. */
import type { ManifestDocument, ManifestFile, Range } from './manifest.ts';
import { isOurs, placeOf, valueRange } from './manifest.ts';

/** An object as a Kubernetes cluster knows it. */
export interface ObjectName {
  kind: string;
  name: string;
  namespace: string;
}

export interface Definition {
  /** Of `metadata.name`. */
  range: Range;
  /** Absent: the namespace is given when the manifest is applied. */
  namespace?: string;
}

/** The documents that define the object; one that says no namespace may define it in any. */
export const definitionsIn = (file: ManifestFile, object: ObjectName): Definition[] =>
  documentsOf(file, object).map(document => ({
    range: valueRange(document, ['metadata', 'name']),
    ...(document.namespace !== undefined && { namespace: document.namespace }),
  }));

/** The document whose `metadata.name` is on that line of the file. */
export const definitionAt = (file: ManifestFile, object: ObjectName, line: number): ManifestDocument | undefined =>
  documentsOf(file, object).find(document => valueRange(document, ['metadata', 'name']).start.line === line);

const documentsOf = (file: ManifestFile, { kind, name, namespace }: ObjectName): ManifestDocument[] =>
  file.documents.filter(
    document =>
      isOurs(document) &&
      document.kind === kind &&
      document.name === name &&
      (document.namespace ?? namespace) === namespace &&
      placeOf(document, ['metadata', 'name']) !== undefined,
  );
