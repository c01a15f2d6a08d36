/** Secrets that manifests of the same place define, or have made. Their values are never looked at. */
import type { Path } from '../manifest.ts';
import { isRecord } from '../manifest.ts';
import { mayShareContext, mayShareNamespace } from '../sides.ts';
import type { Entry, Workspace } from '../workspace.ts';

/**
 * Is it missing? Only where Secrets are kept as manifests at all does a missing one tell something: in most places they are made by
 * hand or by somebody else.
 */
export function isSecretMissing(workspace: Workspace, entry: Entry, name: string): boolean {
  const here = workspace
    .neighbours('Secret')
    .filter(secret => mayShareContext(secret, entry) && mayShareNamespace(secret, entry));
  return here.length > 0 && !here.some(secret => secret.name === name);
}

export interface SecretUse {
  path: Path;
  name: string;
  key: string;
}

/** Everything of the form `{name, key}` below a path that is not of a ConfigMap. */
export function secretUses(value: unknown, path: Path): SecretUse[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, at) => secretUses(item, [...path, at]));
  if (!isRecord(value)) return [];
  const { name, key } = value;
  if (typeof name === 'string' && typeof key === 'string') return [{ path, name, key }];
  return Object.entries(value).flatMap(([field, child]) =>
    /configmap/i.test(field) ? [] : secretUses(child, [...path, field]),
  );
}
