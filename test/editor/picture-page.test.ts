/** The picture's page by itself: hostile names, strange messages, and that a change touches only what changed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Picture } from '../../src/views/topology/picture.ts';
import { changesBetween } from '../../src/views/topology/picture.ts';
import type { PicturePage } from '../support/picture-page.ts';
import { openPicturePage } from '../support/picture-page.ts';
import { pair, pictureOf, snapshotsOf } from '../support/topologies.ts';
import { findChromium, launchBrowser } from './workbench.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser(findChromium() ?? '');
});
after(() => browser?.close());

const subject = { name: 'cluster-eu' };
const roles = { replica: { primary: 'cluster-us' } };

async function shown(picture: Picture, options: Parameters<typeof openPicturePage>[1] = {}): Promise<PicturePage> {
  const opened = await openPicturePage(browser, options);
  await opened.send({ type: 'picture', picture, subject });
  await opened.page.locator('.item').first().waitFor();
  return opened;
}

async function change({ send }: PicturePage, from: Picture, to: Picture): Promise<void> {
  const changes = changesBetween(from, to);
  assert.ok(changes);
  await send({ type: 'changes', changes });
}

test('hostile names are text in the drawing, the facts, the table and the saved file', async () => {
  const hostile = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script></svg>`;
  const picture = pictureOf(pair());
  for (const item of picture.items) {
    item.why = hostile;
    item.facts = [[hostile, hostile]];
    item.differs = [hostile];
    if (item.kind === 'box') item.title = hostile;
    else if ('lines' in item) item.lines = item.lines.map(() => hostile);
    else item.words = hostile;
  }
  const opened = await shown({
    ...picture,
    title: hostile,
    summary: hostile,
    alarms: [{ severity: 'error', title: hostile, sentence: hostile }],
  });
  const { page, said, complaints } = opened;
  await page.locator('.item.instance').first().click();
  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('button', { name: 'Save SVG' }).click();
  await page.getByRole('button', { name: 'Save PNG' }).click();
  await page.waitForFunction('window.said.length >= 3');
  assert.equal(await page.evaluate('window.hacked'), undefined);
  assert.equal(await page.locator('img, script:not([nonce])').count(), 0);
  const svg = (await said()).find(message => message.type === 'save' && message.format === 'svg');
  assert.ok(svg?.type === 'save' && !svg.data.includes('<img') && !svg.data.includes('<script'));
  assert.deepEqual(complaints, []);
});

test('messages that are not the host’s form are dropped', async () => {
  const opened = await shown(pictureOf(pair()));
  const before = await opened.page.locator('#stage').innerHTML();
  for (const message of [
    { type: 'picture' },
    { type: 'gone' },
    { type: 'changes', changes: 1 },
    { type: 'eval', code: '1' },
    {},
  ])
    await opened.send(message);
  assert.equal(await opened.page.locator('#stage').innerHTML(), before);
  assert.deepEqual(opened.complaints, []);
});

test('nothing from elsewhere can be loaded, nor any script without the nonce run', async () => {
  const { page } = await shown(pictureOf(pair()));
  const policy = await page.locator('meta[http-equiv]').getAttribute('content');
  assert.match(policy ?? '', /^default-src 'none'; script-src 'nonce-\w+' \S+; style-src 'nonce-\w+'; img-src data:$/);
  await page.evaluate(
    `{ const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); }`,
  );
  assert.equal(await page.evaluate('window.ran'), undefined);
});

test('a change keeps every element; only what changed is written; the focus stays', async () => {
  const [one, two] = [pictureOf(pair()), pictureOf(pair(roles, roles))];
  const opened = await shown(one);
  const { page } = opened;
  await page.locator('.item.service').first().focus();
  await page.evaluate(`for (const e of document.querySelectorAll('.item')) e.known = true;
    window.touched = new Set();
    new MutationObserver(all => { for (const m of all) { const e = m.target.nodeType === 1 ? m.target : m.target.parentElement; const g = e?.closest('.item'); if (g) window.touched.add(g.dataset.id); } })
      .observe(document.querySelector('svg.drawing'), { subtree: true, childList: true, attributes: true, characterData: true });`);
  const slower = pair();
  const reading = slower[1]?.instanceStatus['default/cluster-us-3'];
  if (reading?.kind === 'read') reading.status.replayPaused = true;
  await change(opened, one, pictureOf(slower));
  await page.getByText('replay paused').first().waitFor({ state: 'attached' });
  assert.deepEqual(await page.evaluate('[...window.touched]'), ['instance ["us","default","cluster-us"] cluster-us-3']);
  await change(opened, pictureOf(slower), two);
  await page
    .locator('.item.box', { hasText: 'us · cluster-us' })
    .locator('title', { hasText: 'primary cluster' })
    .waitFor({ state: 'attached' });
  // Lines across have other ends, so they are others.
  assert.equal(
    await page.evaluate(
      `[...document.querySelectorAll('.item:not(.cross-streaming):not(.restore_command):not(.way-back)')].every(e => e.known)`,
    ),
    true,
  );
  assert.match(await page.evaluate('document.activeElement.dataset.id'), /^service/);
});

test('the crown is seen to move, unless less motion is wanted', async () => {
  const [one, two] = [pictureOf(pair()), pictureOf(pair(roles, roles))];
  for (const [reducedMotion, moves] of [
    ['no-preference', true],
    ['reduce', false],
  ] as const) {
    const opened = await shown(one, { reducedMotion });
    const crown = opened.page.locator('.crown');
    await opened.page.evaluate(`document.querySelector('.crown').known = true`);
    const from = await crown.getAttribute('transform');
    await change(opened, one, two);
    await opened.page.waitForFunction(
      `document.querySelector('.crown').getAttribute('transform') !== ${JSON.stringify(from)}`,
    );
    assert.equal(await opened.page.evaluate(`document.querySelector('.crown').known`), true);
    assert.equal(await opened.page.evaluate('document.getAnimations().length > 0'), moves, reducedMotion);
    assert.equal(await crown.count(), 1);
  }
});

test('a button tells the host the item and the command, and nothing else', async () => {
  const { page, said } = await shown(pictureOf(pair()));
  await page.locator('.item.instance').first().click();
  await page.getByRole('button', { name: /^Describe/ }).click();
  await page.getByRole('button', { name: /^Promote cluster-us/ }).click();
  assert.deepEqual((await said()).slice(1), [
    { type: 'run', item: 'instance ["eu","default","cluster-eu"] cluster-eu-1', command: 'cnpg.describe' },
    { type: 'run', item: 'box ["us","default","cluster-us"]', command: 'cnpg.promoteReplicaCluster' },
  ]);
});

test('what was selected is so again in a page that is made anew, unless it is gone', async () => {
  const picture = pictureOf(pair());
  const first = await shown(picture);
  await first.page.locator('.item.archive').first().click();
  const kept = await first.page.evaluate<object>('window.kept');
  const second = await shown(picture, { kept });
  await second.page.locator('.item.archive.selected').waitFor();
  await second.page.getByRole('complementary', { name: 'Facts' }).getByRole('heading', { name: /^s3:/ }).waitFor();
  const third = await shown(pictureOf(pair().slice(1)), { kept });
  assert.equal(await third.page.locator('.selected').count(), 0);
  assert.deepEqual(await third.page.evaluate('window.kept'), subject);
});

test('members stand one below the other where letters are larger then, and facts that open move nothing', async () => {
  const wide = [
    [1500, 760],
    [760, 800],
  ];
  for (const [width = 0, height = 0] of [...wide, [620, 860], [400, 860]]) {
    const { page } = await shown(pictureOf(pair()), { width, height });
    const places = (): Promise<string[]> =>
      page.locator('.item[transform]').evaluateAll(all => all.map(each => each.getAttribute('transform') ?? ''));
    const before = await places();
    const [left, right] = await Promise.all(
      [0, 1].map(index => page.locator('.item.box').nth(index).locator('.shape').boundingBox()),
    );
    const isBelow = (right?.y ?? 0) > (left?.y ?? 0) + (left?.height ?? 0);
    assert.equal(isBelow, !wide.some(([x]) => x === width), `${width}×${height}`);
    await page.locator('.item.instance').first().click();
    await page.getByRole('complementary', { name: 'Facts' }).waitFor();
    assert.deepEqual(await places(), before, `${width}×${height}`);
  }
});

test('zoom, drag and fit', async () => {
  const { page } = await shown(pictureOf(snapshotsOf([{ instances: 2, follows: 1 }, { instances: 1 }])));
  const view = () => page.locator('svg.drawing').getAttribute('viewBox');
  const whole = await view();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  const near = await view();
  assert.notEqual(near, whole);
  await page.mouse.move(600, 600);
  await page.mouse.down();
  await page.mouse.move(650, 620);
  await page.mouse.up();
  assert.notEqual(await view(), near);
  await page.getByRole('button', { name: 'Fit' }).click();
  assert.equal(await view(), whole);
});

test('while a promotion is under way its steps are shown, and no other is offered', async () => {
  const steps = [
    { title: 'Demote the primary cluster', state: 'done' as const },
    { title: 'Wait for the demotion token', state: 'now' as const },
  ];
  const progress = { title: 'Promotion of cluster-us', steps, evidence: 'The operator has not begun yet.' };
  const { page } = await shown(pictureOf(pair(), { progress }));
  await page.getByRole('region', { name: 'Promotion' }).getByText('▶ Wait for the demotion token').waitFor();
  assert.equal(await page.locator('[aria-current=step]').textContent(), '▶ Wait for the demotion token');
  assert.equal(await page.locator('#offers button').count(), 0);
});
