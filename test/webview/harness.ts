// The page outside VS Code: bundled, served over a local HTTP server, opened in Chromium with a stand-in for VS Code's
// API that keeps what the page posts.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { FromPanel, PanelStatus, ToPanel } from '../../src/protocol/panel.ts';
import { panelHtml } from '../../webview/html.ts';
import { launchBrowser } from '../tools/browser.mjs';

const root = join(dirname(fileURLToPath(new URL('.', `file://${__filename}`))), '..');

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
};

export interface Harness {
  browser: Browser;
  /** Opens the page anew; `before` runs in it before anything else. */
  open(options?: { before?: () => void; theme?: keyof typeof THEMES; width?: number; height?: number }): Promise<Panel>;
  close(): Promise<void>;
}

export async function startHarness(): Promise<Harness> {
  const files = new Map<string, Uint8Array | string>();
  const options: BuildOptions = {
    bundle: true,
    write: false,
    outdir: '/',
    format: 'iife',
    target: 'es2022',
    loader: { '.wgsl': 'text' },
    absWorkingDir: root,
    logLevel: 'error',
  };
  const bundles = await build({ ...options, entryPoints: ['webview/page.ts', 'webview/engineWorker.ts'] });
  for (const { path, contents } of bundles.outputFiles!) files.set(path, contents);
  for (const name of ['chelsea', 'astronaut', 'coffee', 'rocket', 'camera']) {
    files.set(`/images/${name}.jpg`, readFileSync(join(root, `media/images/${name}.jpg`)));
  }
  files.set('/images/picture.png', readFileSync(join(root, 'test/fixtures/engine/picture.png')));
  const server = await serve(files);
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const at = (name: string) => `${origin}/${name}`;
  for (const [theme, variables] of Object.entries(THEMES)) {
    const html = panelHtml({
      scriptUri: at('page.js'),
      styleUri: at('page.css'),
      workerUri: at('engineWorker.js'),
      cspSource: origin,
      nonce: 'test',
    });
    files.set(`/${theme}.html`, html.replace('</head>', `<style>:root { ${variables} }</style></head>`));
  }
  const browser = await launchBrowser();

  return {
    browser,
    async open({ before, theme = 'dark', width = 1100, height = 800 } = {}) {
      const page = await browser.newPage({ viewport: { width, height } });
      const panel = new Panel(page, origin);
      await page.exposeFunction('__fromPanel', (message: FromPanel) => panel.received.push(message));
      // tsx marks functions with their names by a helper that the page does not have.
      await page.addInitScript('globalThis.__name = (named) => named;');
      if (before) await page.addInitScript(before);
      await page.addInitScript(standIn);
      await page.goto(`${origin}/${theme}.html`);
      return panel;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** What VS Code puts into a webview; runs in the page. */
function standIn(): void {
  const scope = window as unknown as Record<string, unknown>;
  // Tiles of a known size: tests point at their pixels.
  let state: unknown = scope['__state'] ?? { size: 'medium' };
  scope['acquireVsCodeApi'] = () => ({
    postMessage: (message: unknown) => (scope['__fromPanel'] as (message: unknown) => void)(message),
    getState: () => state,
    setState: (value: unknown) => {
      state = value;
    },
  });
}

export class Panel {
  readonly page: Page;
  readonly origin: string;
  readonly received: FromPanel[] = [];
  /** What went wrong in the page: uncaught errors, and the console's errors. */
  readonly problems: string[] = [];

  constructor(page: Page, origin: string) {
    this.page = page;
    this.origin = origin;
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
  }

  send(message: ToPanel): Promise<void> {
    return this.page.evaluate((sent) => window.postMessage(sent, '*'), message);
  }

  images(...names: string[]): Promise<void> {
    const images = names.map((file) => ({ name: file.replace(/\.\w+$/, ''), uri: `${this.origin}/images/${file}` }));
    return this.send({ type: 'images', images });
  }

  /** The next status that fits, counting those that came since `from`. */
  async status(fits: (status: PanelStatus) => boolean, from = 0): Promise<PanelStatus> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      for (const message of this.received.slice(from)) {
        if (message.type === 'status' && fits(message.status)) return message.status;
      }
      await this.page.waitForTimeout(20);
    }
    const last = this.received.findLast((message) => message.type === 'status');
    throw new Error(`no such status; the last is ${JSON.stringify(last)}\n${this.problems.join('\n')}`);
  }

  shown(path: string, from = 0): Promise<PanelStatus> {
    return this.status((status) => status.state === 'shown' && status.path === path, from);
  }

  async shot(name: string): Promise<void> {
    await this.page.waitForTimeout(150); // the worker's frame reaches the screen
    await this.page.screenshot({ path: join(root, 'test/webview/shots', `${name}.png`) });
  }
}

function serve(files: ReadonlyMap<string, Uint8Array | string>): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const content = files.get(path);
    if (path === '/favicon.ico') response.writeHead(204).end();
    else if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(content);
  });
  return new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(server)));
}

/** The variables of VS Code's Dark Modern and Light Modern that the page and the toolkit use. */
export const THEMES = {
  dark: `
    --vscode-foreground: #cccccc; --vscode-descriptionForeground: #9d9d9d; --vscode-editor-background: #1f1f1f;
    --vscode-sideBar-background: #181818; --vscode-panel-border: #2b2b2b; --vscode-focusBorder: #0078d4;
    --vscode-list-hoverBackground: #2a2d2e; --vscode-list-activeSelectionBackground: #04395e;
    --vscode-list-activeSelectionForeground: #ffffff; --vscode-button-background: #0078d4;
    --vscode-button-foreground: #ffffff; --vscode-button-hoverBackground: #026ec1;
    --vscode-button-secondaryBackground: #313131; --vscode-button-secondaryForeground: #cccccc;
    --vscode-button-secondaryHoverBackground: #3c3c3c; --vscode-input-background: #313131;
    --vscode-input-foreground: #cccccc; --vscode-input-placeholderForeground: #989898;
    --vscode-settings-dropdownBackground: #313131; --vscode-dropdown-background: #313131;
    --vscode-dropdown-foreground: #cccccc; --vscode-dropdown-border: #3c3c3c; --vscode-badge-background: #616161;
    --vscode-badge-foreground: #f8f8f8; --vscode-progressBar-background: #0078d4; --vscode-font-size: 13px;
    --vscode-font-family: system-ui, "DejaVu Sans", sans-serif; --vscode-editor-font-family: monospace;
    --vscode-editorWarning-foreground: #cca700; color-scheme: dark;`,
  light: `
    --vscode-foreground: #3b3b3b; --vscode-descriptionForeground: #6b6b6b; --vscode-editor-background: #ffffff;
    --vscode-sideBar-background: #f8f8f8; --vscode-panel-border: #e5e5e5; --vscode-focusBorder: #005fb8;
    --vscode-list-hoverBackground: #f2f2f2; --vscode-list-activeSelectionBackground: #e8e8e8;
    --vscode-list-activeSelectionForeground: #000000; --vscode-button-background: #005fb8;
    --vscode-button-foreground: #ffffff; --vscode-button-hoverBackground: #0258a8;
    --vscode-button-secondaryBackground: #e5e5e5; --vscode-button-secondaryForeground: #3b3b3b;
    --vscode-button-secondaryHoverBackground: #cccccc; --vscode-input-background: #ffffff;
    --vscode-input-foreground: #3b3b3b; --vscode-input-border: #cecece; --vscode-input-placeholderForeground: #767676;
    --vscode-settings-dropdownBackground: #ffffff; --vscode-dropdown-background: #ffffff;
    --vscode-dropdown-foreground: #3b3b3b; --vscode-dropdown-border: #cecece; --vscode-badge-background: #cccccc;
    --vscode-badge-foreground: #3b3b3b; --vscode-progressBar-background: #005fb8; --vscode-font-size: 13px;
    --vscode-font-family: system-ui, "DejaVu Sans", sans-serif; --vscode-editor-font-family: monospace;
    --vscode-editorWarning-foreground: #bf8803; --vscode-editorHoverWidget-background: #f8f8f8;
    --vscode-editorHoverWidget-foreground: #3b3b3b; --vscode-editorHoverWidget-border: #c8c8c8;
    --vscode-editorWidget-background: #f8f8f8; --vscode-symbolIcon-classForeground: #b06000; color-scheme: light;`,
} as const;
