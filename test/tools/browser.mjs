// Chromium for tests, with WebGPU on the processor (SwiftShader) and a WebGPU canvas that shows in screenshots.

import { chromium } from 'playwright-core';
import { Complaint, findBrowser, howToGetABrowser } from './system.mjs';

/** Most other sets give a blank WebGPU canvas; found by trying. */
export const browserFlags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--use-vulkan=swiftshader',
  '--enable-features=Vulkan',
  '--use-angle=swiftshader',
  '--ignore-gpu-blocklist',
];

export async function launchBrowser(options = {}) {
  const executablePath = findBrowser();
  if (!executablePath) throw new Complaint(howToGetABrowser);
  return chromium.launch({ executablePath, headless: true, args: browserFlags, ...options });
}

/** Waits for a frame, however deeply nested, for which `isIt` holds; a frame that is still loading is asked again. */
export async function findFrame(page, isIt, milliseconds = 60_000) {
  const deadline = Date.now() + milliseconds;
  while (Date.now() < deadline) {
    for (const frame of page.frames()) {
      try {
        if (await isIt(frame)) return frame;
      } catch {
        // navigated away while it was asked
      }
    }
    await page.waitForTimeout(200);
  }
  throw new Error(
    `No such frame within ${milliseconds} ms; there are:\n${page
      .frames()
      .map((frame) => frame.url())
      .join('\n')}`,
  );
}
