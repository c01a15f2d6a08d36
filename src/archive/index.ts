/**
 * The façade of this room. It is its own bundle (`dist/archive.js`), loaded when the first archive is opened; the SDK of each kind
 * of object store is a bundle too, loaded when the first archive there is.
 */
export { listArchive, readText } from './listing.ts';
export { newestWal } from './newest-wal.ts';
export { openFolder } from './open-folder.ts';
export type * from './contract.ts';
