// The page's side of src/protocol: VS Code's API where there is one, the parent window elsewhere (tests, a gallery).

import type { FromPanel, ToPanel } from '../src/protocol/panel.ts';

/** What the page remembers over a reload of the window. */
export interface PageState {
  path?: string;
  picture?: string;
  colours?: string;
  range?: string;
  size?: string;
  collapsed?: string[];
}

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api: VsCodeApi | null = typeof acquireVsCodeApi === 'function' ? acquireVsCodeApi() : null;
let state: PageState = api?.getState() ?? {};

export function post(message: FromPanel): void {
  if (api) api.postMessage(message);
  else if (window.parent !== window) window.parent.postMessage(message, '*');
}

export function onMessage(take: (message: ToPanel) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<ToPanel>) => {
    if (typeof data?.type === 'string') take(data);
  });
}

export function remembered(): Readonly<PageState> {
  return state;
}

export function remember(change: PageState): void {
  state = { ...state, ...change };
  api?.setState(state);
}
