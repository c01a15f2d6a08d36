/** Bytes of a manifest into text, or what stands in the way. */
import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import { reason, standardInput } from './lint-paths.ts';

/** What was read: a text, a text that Kubernetes' tools would not read, or nothing. */
export type ReadFile = { text: string; badEncoding?: { message: string; offset: number } } | { unreadable: string };

/** Bytes. A manifest that the API server takes has at most 3 MB; a file may hold several. */
export const mostBytes = 10 * 1024 * 1024;
/** Not `process.stdin.fd`: touching that object makes reads fail while a pipe is empty. */
const standardInputHandle = 0;
/** Pipes that a shell makes of `<(command)`, and not such as lie in a folder, which nobody may ever write to. */
const pipes = /^\/(dev|proc\/(self|\d+))\/(fd\/\d+|stdin)$/;

let ofStandardInput: ReadFile | undefined;

/** Standard input is read once and remembered. @throws never */
export function readManifest(file: string): ReadFile {
  try {
    if (file === standardInput) return (ofStandardInput ??= decode(readAll(standardInputHandle)));
    const stat = fs.statSync(file);
    const kind = kindOf(stat);
    if (kind !== undefined) return pipes.test(file) ? readPipe(file) : { unreadable: `it is ${kind}, not a file` };
    if (stat.size > mostBytes) return tooLarge;
    // Node decodes UTF-8 faster on its own; the bytes are looked at when something was wrong with them.
    const text = fs.readFileSync(file, 'utf8');
    return text.includes('\uFFFD') || text.includes('\0') ? decode(fs.readFileSync(file)) : { text };
  } catch (error) {
    return { unreadable: `it cannot be read: ${reason(error)}` };
  }
}

const tooLarge: ReadFile = {
  unreadable: `it is larger than ${mostBytes / 1024 / 1024} MB, which no manifest is; split it, or leave it out (.cnpglintignore)`,
};

function kindOf(stat: fs.Stats): string | undefined {
  if (stat.isFIFO()) return 'a pipe';
  if (stat.isSocket()) return 'a socket';
  if (stat.isCharacterDevice() || stat.isBlockDevice()) return 'a device';
  return stat.isDirectory() ? 'a folder' : undefined;
}

function readPipe(file: string): ReadFile {
  const handle = fs.openSync(file, 'r');
  try {
    return decode(readAll(handle));
  } finally {
    fs.closeSync(handle);
  }
}

/** @returns `undefined` when there is too much */
function readAll(handle: number): Buffer | undefined {
  let buffer = Buffer.alloc(64 * 1024);
  for (let size = 0; size <= mostBytes; ) {
    if (size === buffer.length) buffer = Buffer.concat([buffer, buffer]);
    const read = fs.readSync(handle, buffer, size, buffer.length - size, null);
    if (read === 0) return buffer.subarray(0, size);
    size += read;
  }
  return undefined;
}

function decode(bytes: Buffer | undefined): ReadFile {
  if (!bytes) return tooLarge;
  const decoder = utf16Of(bytes);
  if (decoder !== undefined) {
    const message = 'The file is in UTF-16, which the tools of Kubernetes do not read. Save it as UTF-8.';
    return { text: new TextDecoder(decoder).decode(bytes), badEncoding: { message, offset: 0 } };
  }
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return { text };
  const message = 'From here on the file is not in UTF-8, which the tools of Kubernetes demand. Save it as UTF-8.';
  return { text, badEncoding: { message, offset: Math.max(text.indexOf('\uFFFD'), 0) } };
}

/** By its byte order mark, or by a first character of ASCII (YAML 1.2.2, 5.2). */
function utf16Of([first = 1, second = 1]: Buffer): string | undefined {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : undefined;
}
