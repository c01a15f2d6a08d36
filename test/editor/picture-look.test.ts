/**
 * How the picture looks in real VS Code, against accepted images (`accepted/`): the drawing alone, of data that does not change, in a
 * font that is pinned. Nothing is connected, so that the host has nothing to add to what is shown here.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Frame } from 'playwright-core';
import type { Picture } from '../../src/views/topology/picture.ts';
import { compareWithAccepted, differing } from '../support/accepted-image.ts';
import { examples } from '../support/picture-examples.ts';
import type { Stage } from './stage.ts';
import { openStage } from './stage.ts';
import type { Workbench } from './workbench.ts';

const themes = {
  'vscode-dark': 'Default Dark Modern',
  'vscode-light': 'Default Light Modern',
  'vscode-high-contrast': 'Default High Contrast',
  'vscode-high-contrast-light': 'Default High Contrast Light',
};
const sizes = {
  wide: { width: 1240, height: 560 },
  tall: { width: 1240, height: 1000 },
  narrow: { width: 440, height: 960 },
};
/** Of Debian's fonts-dejavu-core, as VS Code in a browser shows it there anyway. */
const font = 'DejaVu Sans';
/** Units that this text is wide in it, in letters of 100. */
const probe = { text: 'WAL archive 0123456789', width: 1284 };

let stage: Stage;
let w: Workbench;
before(async () => {
  stage = await openStage('picture-look');
  w = stage.workbench;
  await w.page.setViewportSize({ width: 1700, height: 1150 });
  await w.openFile('us/cluster-us.yaml');
  await w.lens('Show Topology', w.page.getByRole('tab', { name: /^Topology of/ }));
  await w
    .webview()
    .getByRole('button', { name: /^WAL archive, s3:\/\/archive-eu/ })
    .first()
    .waitFor();
});
after(() => stage?.close());

const images = {
  accepted: path.join(import.meta.dirname, 'accepted'),
  results: path.resolve(import.meta.dirname, '../../test-results/picture-look'),
};

/** Shows a picture as if the host had sent it, in a room of a fixed size. */
async function show(frame: Frame, picture: Picture, size: { width: number; height: number }): Promise<void> {
  const message = { type: 'picture', picture, subject: { name: 'cluster-us' } };
  await frame.evaluate(
    async ({ message, size, font }) => {
      document.documentElement.style.setProperty('--vscode-font-family', `"${font}"`);
      const room = document.getElementById('room');
      if (!room) return;
      Object.assign(room.style, { position: 'fixed', left: '0', top: '0', zIndex: '9' });
      Object.assign(room.style, { width: `${size.width}px`, height: `${size.height}px` });
      room.style.background = 'var(--vscode-editor-background)';
      window.postMessage(message, '*');
      for (let frames = 0; frames < 3; frames++) await new Promise(resolve => requestAnimationFrame(resolve));
    },
    { message, size, font },
  );
  await frame.waitForFunction(
    wanted => {
      const shown = [...document.querySelectorAll<SVGElement>('.item')].map(group => group.dataset['id']);
      return shown.length === wanted.length && wanted.every(id => shown.includes(id));
    },
    picture.items.map(({ id }) => id),
  );
}

for (const [kind, theme] of Object.entries(themes))
  test(`as accepted in ${theme}`, async t => {
    w.useTheme(stage.workspace, theme);
    await w.webview().locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
    const frame = await w.webviewFrame();
    const width = await frame.evaluate(
      ({ text, font }) => {
        const context = document.createElement('canvas').getContext('2d');
        if (!context) return 0;
        context.font = `100px "${font}"`;
        return Math.round(context.measureText(text).width);
      },
      { text: probe.text, font },
    );
    if (Math.abs(width - probe.width) > 3) {
      t.skip(`${font} is not installed here (Debian: fonts-dejavu-core): ${width} instead of ${probe.width}`);
      return;
    }
    const wrong: string[] = [];
    for (const { name, picture, size } of examples) {
      await show(frame, picture, sizes[size]);
      const actual = await w.webview().locator('#room').screenshot({ animations: 'disabled' });
      const words = compareWithAccepted(actual, `${name}-${kind}`, images);
      if (words !== undefined) wrong.push(words);
    }
    assert.deepEqual(wrong, []);
  });

test('a line that is drawn otherwise does not look as accepted', async t => {
  const [well] = examples;
  if (!well || process.env['UPDATE_SCREENSHOTS'] === '1') return t.skip('accepting');
  const { items } = well.picture;
  const broken = items.map(item => (item.kind === 'cross-streaming' ? { ...item, state: 'broken' as const } : item));
  await show(await w.webviewFrame(), { ...well.picture, items: broken }, sizes[well.size]);
  const actual = await w.webview().locator('#room').screenshot({ animations: 'disabled' });
  const accepted = fs.readFileSync(path.join(images.accepted, `well-${Object.keys(themes).at(-1)}.png`));
  assert.match(differing(accepted, actual).words ?? '', /pixels are otherwise/);
});
