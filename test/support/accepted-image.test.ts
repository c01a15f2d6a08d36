/** Comparison of screenshots: a little everywhere is the same, much in one place is not. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { PNG } from 'pngjs';
import { compareWithAccepted, differing } from './accepted-image.ts';

/** Grey of 120 × 90, otherwise where `shade` says so. */
function image(shade: (x: number, y: number) => number = () => 128, width = 120): Buffer {
  const png = new PNG({ width, height: 90 });
  for (let y = 0; y < 90; y++)
    for (let x = 0; x < width; x++) png.data.set([shade(x, y), shade(x, y), shade(x, y), 255], 4 * (y * width + x));
  return PNG.sync.write(png);
}

test('what counts as the same', () => {
  const rows: [string, Buffer, RegExp | undefined][] = [
    ['itself', image(), undefined],
    ['another shade that nobody sees', image(() => 134), undefined],
    ['a few pixels far from each other', image((x, y) => (x % 30 === 0 && y % 30 === 0 ? 255 : 128)), undefined],
    ['a word', image((x, y) => (x >= 50 && x < 70 && y >= 40 && y < 46 ? 255 : 128)), /^\d+ pixels are otherwise/],
    ['another size', image(undefined, 121), /^it is 121×90 pixels large, accepted was 120×90/],
  ];
  for (const [title, actual, words] of rows) {
    const found = differing(image(), actual);
    if (words) assert.match(found.words ?? '', words, title);
    else assert.equal(found.words, undefined, title);
  }
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-accepted-'));
after(() => fs.rmSync(folder, { recursive: true }));

test('what differs is kept with a picture of the difference, and accepted only when told so', () => {
  const images = { accepted: path.join(folder, 'accepted'), results: path.join(folder, 'results') };
  const other = image((_, y) => (y < 20 ? 0 : 128));
  assert.match(
    compareWithAccepted(image(), 'one', images) ?? '',
    /no image of it was accepted yet.*UPDATE_SCREENSHOTS=1/,
  );
  process.env['UPDATE_SCREENSHOTS'] = '1';
  try {
    assert.equal(compareWithAccepted(image(), 'one', images), undefined);
  } finally {
    delete process.env['UPDATE_SCREENSHOTS'];
  }
  assert.equal(compareWithAccepted(image(), 'one', images), undefined);
  assert.match(compareWithAccepted(other, 'one', images) ?? '', /^one: \d+ pixels/);
  assert.deepEqual(fs.readdirSync(images.results).toSorted(), ['one.actual.png', 'one.difference.png']);
});
