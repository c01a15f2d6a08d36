/** What the name of an image tells. Source: the operator's manual, "Container Image Requirements". */
import type { ClusterSpec } from './objects.ts';

/** @returns the tag; `latest` when there is neither tag nor digest, empty when there is only a digest */
export function tagOf(image: string): string {
  const named = image.includes('/') ? image : `library/${image}`;
  const name = named.replace(/@sha256:[a-fA-F0-9]+$/, '');
  const tag = /:([^/]+)$/.exec(name)?.[1];
  return tag ?? (name === named ? 'latest' : '');
}

/** Major version of PostgreSQL: `17.5-standard-bookworm` → 17; `undefined` when the tag does not tell. */
export function majorOf(tag: string): number | undefined {
  const version = /^(?:\d\.?)+/.exec(tag)?.[0];
  const [major = '', minor] = version?.split('.') ?? [];
  if (!/^\d+$/.test(major) || Number(major) >= 2 ** 63) return undefined;
  // `17.` has an empty minor version, which is no number.
  return minor === '' ? undefined : Number(major);
}

/** Of the image or of the catalog's entry. */
export const postgresMajor = ({ imageCatalogRef, imageName = '' }: ClusterSpec): number | undefined =>
  imageCatalogRef ? imageCatalogRef.major : majorOf(tagOf(imageName));
