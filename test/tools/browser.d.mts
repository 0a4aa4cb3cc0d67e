import type { Browser, Frame, LaunchOptions, Page } from 'playwright-core';

export const browserFlags: readonly string[];
export function launchBrowser(options?: LaunchOptions): Promise<Browser>;
export function findFrame(page: Page, isIt: (frame: Frame) => Promise<boolean>, milliseconds?: number): Promise<Frame>;
