/** The picture's page in a browser without VS Code around it: its script as built, its document, a host that notes what it is told. */
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { FromWebview, ToWebview } from '../../src/views/topology/messages.ts';
import { page as documentOf } from '../../src/views/topology/page.ts';

export interface PicturePage {
  page: Page;
  send: (message: ToWebview | Record<string, unknown>) => Promise<void>;
  /** What it told its host so far. */
  said: () => Promise<FromWebview[]>;
  /** Violations of the content security policy and other complaints of the browser. */
  complaints: string[];
}

export interface PicturePageOptions {
  theme?: keyof typeof themes;
  width?: number;
  height?: number;
  reducedMotion?: 'reduce' | 'no-preference';
  /** What an earlier page had VS Code keep. */
  kept?: object;
}

/** Colours as the themes that come with VS Code have them. */
const themes = {
  'vscode-dark': {
    '--vscode-editor-foreground': '#cccccc',
    '--vscode-editor-background': '#1f1f1f',
    '--vscode-descriptionForeground': '#9d9d9d',
    '--vscode-charts-blue': '#59a4f9',
    '--vscode-charts-red': '#f14c4c',
    '--vscode-charts-green': '#89d185',
    '--vscode-cnpg-walArchive': '#e8912d',
    '--vscode-inputValidation-errorBackground': '#5a1d1d',
    '--vscode-inputValidation-warningBackground': '#352a05',
    '--vscode-charts-yellow': '#cca700',
    '--vscode-focusBorder': '#0078d4',
    '--vscode-button-secondaryBackground': '#313131',
    '--vscode-button-secondaryForeground': '#cccccc',
    '--vscode-panel-border': '#2b2b2b',
  },
  'vscode-light': {
    '--vscode-editor-foreground': '#3b3b3b',
    '--vscode-editor-background': '#ffffff',
    '--vscode-descriptionForeground': '#3b3b3b',
    '--vscode-charts-blue': '#1a85ff',
    '--vscode-charts-red': '#e51400',
    '--vscode-charts-green': '#388a34',
    '--vscode-cnpg-walArchive': '#b86e00',
    '--vscode-inputValidation-errorBackground': '#f2dede',
    '--vscode-inputValidation-warningBackground': '#f6f5d2',
    '--vscode-charts-yellow': '#bf8803',
    '--vscode-focusBorder': '#005fb8',
    '--vscode-button-secondaryBackground': '#e5e5e5',
    '--vscode-button-secondaryForeground': '#3b3b3b',
    '--vscode-panel-border': '#e5e5e5',
  },
};

const script = path.resolve(import.meta.dirname, '../../dist/webview.js');

export async function openPicturePage(
  browser: Browser,
  { theme = 'vscode-dark', width = 1280, height = 720, reducedMotion = 'reduce', kept = {} }: PicturePageOptions = {},
): Promise<PicturePage> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(String(error)));
  const origin = 'http://picture.test';
  const style = Object.entries({
    ...themes[theme],
    '--vscode-font-family': 'sans-serif',
    '--vscode-font-size': '13px',
  });
  const setUp = `window.said = []; window.acquireVsCodeApi = () => ({ postMessage: m => window.said.push(m), getState: () => (${JSON.stringify(kept)}), setState: s => { window.kept = s; } });
    document.addEventListener('DOMContentLoaded', () => { document.body.className = ${JSON.stringify(theme)};
    for (const [n, v] of ${JSON.stringify(style)}) document.documentElement.style.setProperty(n, v);
    document.body.style.fontFamily = 'sans-serif'; });`;
  await page.addInitScript(setUp);
  await page.route(`${origin}/**`, route =>
    route.request().url().endsWith('/webview.js')
      ? route.fulfill({ contentType: 'text/javascript', body: fs.readFileSync(script, 'utf8') })
      : route.fulfill({ contentType: 'text/html', body: documentOf(origin, `${origin}/webview.js`, 'nonce') }),
  );
  await page.goto(`${origin}/`);
  return {
    page,
    complaints,
    send: message => page.evaluate(data => window.postMessage(data, '*'), message as unknown),
    said: () => page.evaluate('window.said'),
  };
}
