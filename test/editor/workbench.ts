/** A small driver for the VS Code workbench in a browser, on top of playwright-core. */
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { VsCodeServer } from '../../scripts/vscode/server.ts';

const candidates = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export const findChromium = (): string | undefined =>
  candidates.find(file => file !== undefined && fs.existsSync(file));

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      // Chromium refuses its sandbox to root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      // Containers have a small /dev/shm.
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  });
}

export interface WorkbenchOptions {
  folder: string;
  /** Where screenshots go. */
  shots: string;
  viewport?: { width: number; height: number };
}

export class Workbench {
  readonly page: Page;
  /** Requests to other hosts, all of which were refused. */
  readonly outside: string[] = [];
  readonly console: string[] = [];
  readonly #shots: string;
  #count = 0;

  constructor(page: Page, shots: string) {
    this.page = page;
    this.#shots = shots;
  }

  static async open(browser: Browser, server: VsCodeServer, options: WorkbenchOptions): Promise<Workbench> {
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1400, height: 900 },
      reducedMotion: 'reduce',
      locale: 'en-US',
      colorScheme: 'dark',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const workbench = new Workbench(page, options.shots);
    page.on('console', message => workbench.console.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', error => workbench.console.push(`pageerror: ${String(error)}`));
    await page.route(
      url => /^https?:/.test(url.protocol) && url.host !== server.authority,
      route => {
        workbench.outside.push(route.request().url());
        return route.abort();
      },
    );
    await workbench.load(server.url(options.folder));
    return workbench;
  }

  /** Opens the page, or opens it again as a reload of the window does. */
  async load(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'domcontentloaded' });
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await this.page.locator('[id="workbench.parts.statusbar"]').waitFor();
  }

  async shot(name: string): Promise<void> {
    fs.mkdirSync(this.#shots, { recursive: true });
    const number = String(++this.#count).padStart(2, '0');
    await this.page.screenshot({ path: path.join(this.#shots, `${number}-${name}.png`) });
  }

  get sidebar(): Locator {
    return this.page.locator('[id="workbench.parts.sidebar"]');
  }
  get quick(): Locator {
    return this.page.locator('.quick-input-widget');
  }
  get modal(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }
  get toasts(): Locator {
    return this.page.locator('.notifications-toasts .notification-toast');
  }
  /** Rows on screen of the tree in the side bar (lists are virtual). */
  get rows(): Locator {
    return this.sidebar.getByRole('treeitem');
  }

  row(label: string | RegExp): Locator {
    return this.rows.filter({ hasText: label }).first();
  }

  /** Opens both contexts of the playground in the tree, which is shown. */
  async connectBoth(): Promise<void> {
    for (const context of ['eu', 'us']) {
      await this.row(new RegExp(`^${context}not connected`)).click();
      await this.row(new RegExp(`^${context}connected · 1 Cluster`)).waitFor();
    }
  }

  /** Opens the context menu of a row; a click in the moment in which the row is drawn anew is lost. */
  async contextMenu(row: Locator): Promise<Locator> {
    const menu = this.page.locator('.monaco-menu').first();
    for (let attempt = 0; attempt < 5 && !(await menu.isVisible()); attempt++) {
      await row.click({ button: 'right' });
      await menu.waitFor({ timeout: 4000 }).catch(() => undefined);
    }
    await menu.waitFor({ timeout: 1000 });
    return menu;
  }

  /** A menu does not take clicks in its first moments, so that nobody chooses what just came under the pointer. */
  async choose(menu: Locator, item: string): Promise<void> {
    const entry = menu.getByText(item, { exact: true });
    for (let attempt = 0; attempt < 20 && (await entry.isVisible()); attempt++) {
      await entry.click({ timeout: 1000 }).catch(() => undefined);
      await menu.waitFor({ state: 'hidden', timeout: 500 }).catch(() => undefined);
    }
  }

  /** Opens quick input on `text` and picks a row; with ">" it is the command palette. */
  async quickOpen(text: string, row: Locator): Promise<void> {
    const input = this.quick.locator('input.input');
    let cause: unknown;
    // The palette's list is made when it opens: a command contributed a moment later is only there after reopening.
    for (let patience = 1000; patience < 15_000; patience *= 1.6) {
      try {
        await this.#openQuickInput(input);
        await input.fill(text);
        await row.waitFor({ timeout: patience });
        await row.click({ timeout: patience });
        await row.waitFor({ state: 'hidden' });
        return;
      } catch (error) {
        cause = error;
        await this.page.keyboard.press('Escape');
      }
    }
    throw new Error(`nothing to pick for "${text}"`, { cause });
  }

  /** Right after the start the key is not bound yet, and nobody says when it is. */
  async #openQuickInput(input: Locator): Promise<void> {
    for (let i = 0; i < 40 && !(await input.isVisible()); i++) {
      await this.page.keyboard.press('F1');
      await input.waitFor({ timeout: 500 }).catch(() => undefined);
    }
  }

  /** Runs a command by its title in the palette, for example "CNPG: Show Topology". */
  async command(title: string): Promise<void> {
    const label = this.page.locator('.monaco-highlighted-label', { hasText: exact(title) });
    await this.quickOpen(`>${title}`, this.quick.getByRole('option').filter({ has: label }).first());
  }

  async activity(name: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name, exact: true });
    await tab.waitFor();
    // A click on the selected tab would hide the side bar.
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  }

  async openFile(relative: string): Promise<void> {
    const name = path.basename(relative);
    await this.quickOpen(relative, this.quick.getByRole('option', { name }).first());
    await this.page.getByRole('tab', { name, selected: true }).waitFor();
    await this.page.locator('.editor-instance .monaco-editor .view-line').first().waitFor();
  }

  /** Clicks a code lens until what it leads to is there: a click on a lens that is drawn anew at that moment is lost. */
  async lens(title: string, effect: Locator): Promise<void> {
    const lens = this.page.locator('.codelens-decoration').getByText(title).first();
    await poll(async () => {
      await lens.click();
      return effect.waitFor({ timeout: 5000 }).then(
        () => true,
        () => undefined,
      );
    }, `effect of ${title}`);
  }

  /** Problems as texts, as soon as `accept` is content with them. */
  async problems(accept: (rows: string[]) => boolean): Promise<string[]> {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) await this.command('Problems: Focus on Problems View');
    await panel.waitFor();
    return poll(async () => {
      const rows = await this.page
        .locator('.markers-panel [role="treeitem"]')
        .evaluateAll(elements => elements.map(e => e.textContent ?? ''));
      return accept(rows) ? rows : undefined;
    }, 'problems');
  }

  /** Text of the visible editor; virtual, so only the lines on screen. */
  async editorText(): Promise<string> {
    const lines = await this.page.locator('.editor-instance .monaco-editor .view-line').allInnerTexts();
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }

  async editorShows(text: string | RegExp, limit = 30_000): Promise<string> {
    return poll(
      async () => {
        const shown = await this.editorText();
        return (typeof text === 'string' ? shown.includes(text) : text.test(shown)) ? shown : undefined;
      },
      `editor text ${String(text)}`,
      limit,
    );
  }

  /** Answers an input box; `about` is text that identifies it. */
  async fillInput(about: string, text: string): Promise<void> {
    const box = this.quick.filter({ hasText: about });
    const input = box.locator('input.input');
    await input.waitFor();
    await input.fill(text);
    await input.press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  async notification(text: string | RegExp, timeout = 30_000): Promise<Locator> {
    const toast = this.toasts.filter({ hasText: text }).first();
    await toast.waitFor({ timeout });
    return toast;
  }

  /** The document inside the webview of the visible editor tab. */
  webview(): FrameLocator {
    return this.page.locator('iframe.webview.ready:visible').first().contentFrame().frameLocator('iframe#active-frame');
  }

  /** Of {@link webview}, to run scripts in it. */
  webviewFrame(): Promise<Frame> {
    return poll(async () => {
      const handle = await this.page.locator('iframe.webview.ready:visible').first().elementHandle();
      return (await handle?.contentFrame())?.childFrames()[0];
    }, 'frame of the webview');
  }

  /** By its settings id, for example "Default Dark Modern". */
  useTheme(workspace: string, name: string): void {
    const file = path.join(workspace, '.vscode/settings.json');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const settings = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as object) : {};
    fs.writeFileSync(file, JSON.stringify({ ...settings, 'workbench.colorTheme': name }));
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

const exact = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

export async function poll<T>(probe: () => Promise<T | undefined>, what: string, limit = 30_000): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const got = await probe();
    if (got !== undefined) return got;
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
