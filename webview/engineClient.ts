// Starts the engine's worker and speaks with it.
// A webview may not start a worker from its resources (another origin): its text is fetched and started as a blob.

import type { FromEngine, ToEngine } from './engineMessages.ts';

export interface EngineClient {
  send(message: ToEngine, transfer?: Transferable[]): void;
  stop(): void;
}

/** `take` also gets a `failed` message where the worker cannot start or dies. */
export function startEngine(
  workerUri: string,
  canvas: HTMLCanvasElement,
  take: (message: FromEngine) => void,
): EngineClient {
  let worker: Worker | null = null;
  let stopped = false;
  const waiting: [ToEngine, Transferable[]][] = [];
  const send = (message: ToEngine, transfer: Transferable[] = []) => {
    if (worker) worker.postMessage(message, transfer);
    else waiting.push([message, transfer]);
  };
  const offscreen = canvas.transferControlToOffscreen();
  send({ type: 'start', canvas: offscreen }, [offscreen]);

  fetch(workerUri)
    .then(async (response) => {
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      const url = URL.createObjectURL(new Blob([await response.text()], { type: 'text/javascript' }));
      if (stopped) return;
      worker = new Worker(url, { name: 'LayerLens engine' });
      worker.onmessage = ({ data }: MessageEvent<FromEngine>) => take(data);
      worker.onerror = (event) => take({ type: 'failed', message: `the engine stopped: ${event.message}` });
      for (const [message, transfer] of waiting) worker.postMessage(message, transfer);
      waiting.length = 0;
    })
    .catch((error) => take({ type: 'failed', message: `the engine cannot be loaded: ${error}` }));

  return {
    send,
    stop() {
      stopped = true;
      worker?.terminate();
    },
  };
}
