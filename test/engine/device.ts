// One software device for all engine tests: Dawn for Node on SwiftShader, as Debian's chromium package brings it.

import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { openDevice } from '../../webview/engine/adapter.ts';
import { WebGpuBackend, type WebGpuOptions } from '../../webview/engine/backends/webgpu.ts';

const CHROMIUM = '/usr/lib/chromium';

const HOW_TO = `no WebGPU adapter for the engine's tests.
  Install Debian's chromium, which brings SwiftShader: apt-get install chromium
  (or libvulkan1, with VK_ICD_FILENAMES set to a Vulkan driver's description).`;

let opened: Promise<{ gpu: GPU; device: GPUDevice; name: string; software: boolean }> | undefined;

/** Throws, naming what is missing and how to get it, where there is no adapter. */
export async function testBackend(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  opened ??= open();
  const { device, name, software } = await opened;
  return new WebGpuBackend(device, { name, software }, options);
}

async function open() {
  useChromiumsVulkan();
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create(['backend=vulkan']); // kept: its device goes when it is collected
  try {
    return { gpu, ...(await openDevice(gpu)) };
  } catch (error) {
    throw new Error(`${HOW_TO}\n  ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Points Vulkan at SwiftShader, and loads the Vulkan loader that lies beside it: once libvulkan.so.1 is in the
 * process, Dawn finds it by that name, so the package libvulkan1 is not needed.
 */
function useChromiumsVulkan(): void {
  if (process.env['VK_ICD_FILENAMES']) return;
  const driver = `${CHROMIUM}/vk_swiftshader_icd.json`;
  if (existsSync(driver)) process.env['VK_ICD_FILENAMES'] = driver;
  const loader = `${CHROMIUM}/libvulkan.so.1`;
  if (!existsSync(loader)) return;
  const RTLD_NODELETE = 0x1000;
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL | RTLD_NODELETE);
  } catch {
    // It is no Node addon, and says so; it stays loaded all the same.
  }
}
