/**
 * The façade of this room. It is its own bundle (`dist/archive.js`) with the object stores' SDKs, loaded when the first
 * archive is opened.
 */
export { listArchive } from './listing.ts';
export { openS3 } from './s3.ts';
export type * from './contract.ts';
