/**
 * Screenshots against images that somebody looked at and accepted. Where they are otherwise, the actual image and one with the
 * differences in red are kept; `UPDATE_SCREENSHOTS=1` accepts what is drawn now.
 */
import fs from 'node:fs';
import path from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

export interface AcceptedImages {
  /** Has the accepted images. */
  accepted: string;
  /** Gets what differs. */
  results: string;
}

/**
 * How far two colours may be apart (black and white: 1), and how many pixels may be further apart in any square of so many a side.
 * Another machine smooths letters otherwise, a little everywhere; a change is much in one place.
 */
const tolerance = { threshold: 0.12, windowSize: 40, pixels: 40 };

/** @returns what is wrong and what to do; `undefined`: it looks as accepted */
export function compareWithAccepted(
  actual: Buffer,
  name: string,
  { accepted, results }: AcceptedImages,
): string | undefined {
  const file = path.join(accepted, `${name}.png`);
  if (process.env['UPDATE_SCREENSHOTS'] === '1') {
    // An image that is the same to the eye stays as it is: no noise in the history.
    if (fs.existsSync(file) && differing(fs.readFileSync(file), actual).words === undefined) return undefined;
    fs.mkdirSync(accepted, { recursive: true });
    fs.writeFileSync(file, actual);
    return undefined;
  }
  const { words, difference } = fs.existsSync(file)
    ? differing(fs.readFileSync(file), actual)
    : { words: 'no image of it was accepted yet', difference: undefined };
  if (words === undefined) return undefined;
  fs.mkdirSync(results, { recursive: true });
  const kept = path.join(results, `${name}.actual.png`);
  fs.writeFileSync(kept, actual);
  if (difference) fs.writeFileSync(path.join(results, `${name}.difference.png`), difference);
  return `${name}: ${words}. Look at ${kept}; if it is as it should be, run this test with UPDATE_SCREENSHOTS=1 and commit ${file}.`;
}

export function differing(accepted: Buffer, actual: Buffer): { words: string | undefined; difference?: Buffer } {
  const [a, b] = [PNG.sync.read(accepted), PNG.sync.read(actual)];
  if (a.width !== b.width || a.height !== b.height)
    return { words: `it is ${b.width}×${b.height} pixels large, accepted was ${a.width}×${a.height}` };
  const difference = new PNG({ width: a.width, height: a.height });
  const { threshold, windowSize, pixels } = tolerance;
  const most = pixelmatch(a.data, b.data, difference.data, a.width, a.height, { threshold, windowSize });
  if (most <= pixels) return { words: undefined };
  return {
    words: `${most} pixels are otherwise in a square of ${windowSize}, more than ${pixels}`,
    difference: PNG.sync.write(difference),
  };
}
