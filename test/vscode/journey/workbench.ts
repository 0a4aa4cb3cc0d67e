// A VS Code window as a person sees it: the page, its editor, and our panel inside it.

import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import type { FromPanel, PanelStatus, ToPanel } from '../../../src/protocol/panel.ts';
import { findFrame, launchBrowser } from '../../tools/browser.mjs';

const shots = resolve(import.meta.dirname, '../shots');

/** Where run.mjs started the server: the page of the workspace, and the address of its files. */
const address: { page: string; files: string } = JSON.parse(process.env.LAYERLENS_VSCODE ?? 'null') ?? {
  page: '',
  files: '',
};

export class Workbench {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  static async start(file: string): Promise<Workbench> {
    assert.ok(address.page, 'run it by: node test/vscode/run.mjs --only journey');
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
    await page.route(/^https:\/\//, (route) => route.abort());
    await page.addInitScript({ path: resolve(import.meta.dirname, 'listen.js') });
    const url = new URL(address.page);
    const payload = JSON.parse(url.searchParams.get('payload') ?? '[]');
    url.searchParams.set('payload', JSON.stringify([...payload, ['openFile', `${address.files}/${file}`]]));
    await page.goto(url.href);
    await page.locator('.editor-instance .view-line span span').first().waitFor();
    await page.keyboard.press('Control+B'); // the file tree would take the room of the panel
    return new Workbench(browser, page);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  async shot(name: string): Promise<void> {
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: join(shots, `${name}.png`) });
  }

  /** Opens a file of the workspace in the first editor group, with "Go to File". */
  async openFile(path: string): Promise<void> {
    const names = path.split('/');
    // The entry shows the name before the folder.
    await this.quickInput('Control+P', path, new RegExp(`^${names.at(-1)}.*${names.slice(0, -1).join('/')}`));
    for (const name of names) await this.page.locator('.breadcrumbs-control', { hasText: name }).first().waitFor();
  }

  /** Puts the cursor into a line of the first editor group, counted from 1, with "Go to Line". */
  async goToLine(line: number, column = 1): Promise<void> {
    await this.quickInput('Control+G', `:${line}:${column}`, `line ${line}`);
  }

  /** Types into the box that the keys open, and takes the entry that shows `choice`: before it is there, Enter does nothing. */
  private async quickInput(keys: string, text: string, choice: string | RegExp): Promise<void> {
    const input = this.page.locator('.quick-input-widget input');
    const entry = this.page.locator('.quick-input-list .monaco-list-row[data-index="0"]', { hasText: choice });
    const timeout = 5000;
    for (let attempt = 1; ; attempt++) {
      await this.focusEditor();
      await this.page.keyboard.press(keys);
      try {
        await input.fill(text, { timeout });
        await entry.waitFor({ timeout });
        await input.press('Enter', { timeout }); // to the box: in the editor, Enter would be an edit
        await input.waitFor({ state: 'hidden', timeout });
        return;
      } catch (error) {
        // A panel that was just clicked may take the focus back, which can close the box.
        if (attempt === 3) throw error;
        if (await input.isVisible()) await input.press('Escape');
      }
    }
  }

  private async focusEditor(): Promise<void> {
    await this.page.locator('.editor-group-container').first().locator('.tab.active').click();
  }

  /** The line of the cursor, counted from 1; NaN where that line is not on the screen. */
  async cursorLine(): Promise<number> {
    const number = this.page.locator('.editor-instance .active-line-number').first();
    return (await number.count()) > 0 ? Number(await number.textContent()) : Number.NaN;
  }

  async panel(): Promise<Panel> {
    const frame = await findFrame(this.page, (candidate) => candidate.evaluate(() => 'layerlensSent' in globalThis));
    return new Panel(frame);
  }
}

/** Our webview, by what it sends to the extension. */
export class Panel {
  constructor(readonly frame: Frame) {}

  async status(): Promise<PanelStatus | undefined> {
    const sent = await this.frame.evaluate(() => (globalThis as unknown as Listening).layerlensSent);
    return sent.findLast((message) => message.type === 'status')?.status;
  }

  /** Waits for a status; fails with the last one where none came in time. */
  async untilStatus(
    isRight: (status: PanelStatus) => boolean,
    what: string,
    milliseconds = 60_000,
  ): Promise<PanelStatus> {
    const deadline = Date.now() + milliseconds;
    let status: PanelStatus | undefined;
    do {
      status = await this.status();
      if (status && isRight(status)) return status;
      await this.frame.waitForTimeout(100);
    } while (Date.now() < deadline);
    assert.fail(`${what}; the panel's last status: ${JSON.stringify(status, null, 1)}`);
  }

  /** As if the host had sent it. */
  async receive(message: ToPanel): Promise<void> {
    await this.frame.evaluate((data) => void window.postMessage(data, '*'), message);
  }
}

/** What listen.js leaves in a webview's page. */
interface Listening {
  layerlensSent: FromPanel[];
}
