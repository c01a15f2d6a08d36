/** The picture of ten members, all of which move each second: what its host and the browser spend on it. */
import type { ContextSnapshot } from '../../src/model/snapshot.ts';
import { formatLsn } from '../../src/model/wal.ts';
import { changesBetween } from '../../src/views/topology/picture.ts';
import type { ToWebview } from '../../src/views/topology/messages.ts';
import { findChromium, launchBrowser } from '../../test/editor/workbench.ts';
import { openPicturePage } from '../../test/support/picture-page.ts';
import { pictureOf, snapshotsOf } from '../../test/support/topologies.ts';
import type { Figure } from '../bench.ts';

const members = 10;
const seconds = 15;

export async function* measure(): AsyncIterable<Figure> {
  const began = performance.now();
  const messages = updates();
  const host = performance.now() - began;
  yield percent('picture of 10 members, an update a second, extension host', host / (seconds * 1000));
  const size = messages.slice(1).reduce((sum, message) => sum + JSON.stringify(message).length, 0) / seconds;
  yield { figure: 'picture of 10 members, size of an update', value: (size / 1024).toFixed(0), unit: 'kB' };
  const chromium = findChromium();
  if (!chromium) {
    yield { figure: 'picture of 10 members, webview', value: 'left out:', unit: 'no Chromium found' };
    return;
  }
  const browser = await launchBrowser(chromium);
  try {
    const shown = await openPicturePage(browser, { height: 1600 });
    const { page } = shown;
    const [first, ...others] = messages;
    if (first) await shown.send(first);
    await page.waitForTimeout(1000);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      const valueOf = (name: string): number => metrics.find(each => each.name === name)?.value ?? 0;
      // How the bench sends its messages is no part of the picture.
      return valueOf('TaskDuration') - valueOf('DevToolsCommandDuration');
    };
    const before = await busy();
    const start = performance.now();
    for (const message of others) {
      await shown.send(message);
      await page.waitForTimeout(1000);
    }
    const spent = (await busy()) - before;
    yield percent(
      'picture of 10 members, an update a second, main thread of the webview',
      spent / ((performance.now() - start) / 1000),
    );
  } finally {
    await browser.close();
  }
}

const percent = (figure: string, share: number): Figure => ({
  figure,
  value: (share * 100).toFixed(1),
  unit: '% of a core',
});

/** As the host makes them. */
function updates(): ToWebview[] {
  let shown = pictureOf(at(0));
  return [
    { type: 'picture', picture: shown, subject: { name: 'm0' } },
    ...Array.from({ length: seconds }, (_, index): ToWebview => {
      const picture = pictureOf(at(index + 1), {}, (index + 1) * 1000);
      const changes = changesBetween(shown, picture) ?? { items: [], gone: [] };
      shown = picture;
      return { type: 'changes', changes };
    }),
  ];
}

/** The primary writes 3 MB a second; each follower is somewhat behind, by another distance each time. */
function at(second: number): ContextSnapshot[] {
  const shapes = Array.from({ length: members }, (_, index) => ({ instances: 3, follows: index === 0 ? 1 : 0 }));
  const written = 0xe0000a0n + BigInt(second) * 3_000_000n;
  return snapshotsOf(shapes).map((snapshot, member) => ({
    ...snapshot,
    instanceStatus: Object.fromEntries(
      Object.entries(snapshot.instanceStatus).map(([key, reading], instance) => {
        if (reading.kind !== 'read') return [key, reading];
        const lsn = formatLsn(written - BigInt((member * 7 + instance * 13 + second) % 20) * 100_000n);
        const status = reading.status.isPrimary
          ? { ...reading.status, currentLsn: formatLsn(written) }
          : { ...reading.status, replayLsn: lsn, receivedLsn: lsn };
        return [key, { ...reading, status, readAt: second * 1000 }];
      }),
    ),
  }));
}
