// What the page says where it cannot show feature maps, and what to do about it.

import type { FromEngine } from '../engineMessages.ts';
import { button } from './controls.ts';
import { element } from './dom.ts';

type NoDevice = Extract<FromEngine, { type: 'noDevice' }>;

const TITLES: Record<NoDevice['reason'], string> = {
  noWebGpu: 'Feature maps need WebGPU, which is not available here',
  noAdapter: 'Feature maps need a GPU, and WebGPU found none',
  noDevice: 'The GPU could not be opened',
};

/** The explanation without a usable adapter, with a button that tries again. */
export function noDeviceNotice({ reason, message }: NoDevice, again: () => void): Node[] {
  return [
    element('h3', {}, TITLES[reason]),
    element('p', {}, 'Shapes, parameters and costs do not need it and are right beside.'),
    element(
      'ul',
      {},
      element(
        'li',
        {},
        'Hardware acceleration may be off: run ',
        element('em', {}, 'Preferences: Configure Runtime Arguments'),
        ', remove ',
        element('code', {}, '"disable-hardware-acceleration"'),
        ' and restart VS Code.',
      ),
      element(
        'li',
        {},
        'On Linux, start it with ',
        element('code', {}, 'code --enable-unsafe-webgpu --enable-features=Vulkan'),
        ' (needs a Vulkan driver; ',
        element('code', {}, 'vulkaninfo'),
        ' says whether there is one).',
      ),
      element('li', {}, 'In a browser, use one with WebGPU: Chrome or Edge 113 and later, Safari 26, Firefox 141.'),
      element('li', {}, 'Updating the graphics driver often helps.'),
    ),
    element('p', { class: 'detail' }, message),
    button('Try again', again, 'primary'),
  ];
}

export function lostNotice(message: string, again: () => void): Node[] {
  return [
    element('h3', {}, 'The GPU was lost'),
    element('p', {}, 'Its driver was reset, or it ran out of memory. Nothing of your work is touched.'),
    element('p', { class: 'detail' }, message),
    button('Start again', again, 'primary'),
  ];
}

/** A layer that cannot be computed. */
export function blockedNotice(path: string, reason: string): Node[] {
  return [
    element('h3', {}, `${path === '' ? 'The model' : path} cannot be computed`),
    element('p', {}, `${reason[0]?.toUpperCase()}${reason.slice(1)}.`),
    element('p', { class: 'hint' }, 'Layers that do not depend on it still can: choose another one.'),
  ];
}

export function failedNotice(message: string, again: () => void): Node[] {
  return [
    element('h3', {}, 'This did not work'),
    element('p', { class: 'detail' }, message),
    button('Start again', again),
  ];
}
