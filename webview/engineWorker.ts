// The engine's worker: owns the device and the canvas, so that computing and drawing never hold the page up.
// One thing at a time, in order; a newer model, picture or choice stops the run that is going on.

import { NoDeviceError, openDevice } from './engine/adapter.ts';
import { WebGpuBackend } from './engine/backends/webgpu.ts';
import { FeatureMapPainter, type MapView } from './engine/featureMaps.ts';
import { InitialWeights } from './engine/initialise/weights.ts';
import { type Picture, preprocess } from './engine/preprocess.ts';
import { BlockedError, Session } from './engine/session.ts';
import type { FromEngine, ToEngine } from './engineMessages.ts';

/** The part of a dedicated worker's scope that is used; the page's types do not have it. */
interface WorkerScope {
  postMessage(message: FromEngine): void;
  onmessage: ((event: MessageEvent<ToEngine>) => void) | null;
}
const scope = self as unknown as WorkerScope;

let backend: WebGpuBackend | null = null;
let painter: FeatureMapPainter | null = null;
let canvas: OffscreenCanvas | null = null;
let session: Session | null = null;
let picture: Picture | null = null;
let view: MapView | null = null;
let running = new AbortController();
/** Ends when everything asked for so far is done. */
let queue: Promise<void> = Promise.resolve();
/** How often a drawing was asked for, and which of these is drawn. */
let [asked, drawn] = [0, 0];
let drawing: Promise<void> | null = null;

scope.onmessage = ({ data: message }) => {
  switch (message.type) {
    case 'start':
      return inTurn(() => start(message.canvas));
    case 'model':
      return inTurn(() => takeModel(message));
    case 'picture':
      return inTurn(() => takePicture({ ...message, data: new Uint8Array(message.data) }));
    case 'show':
      return inTurn((signal) => show(message, signal));
    case 'view':
      view = message.view;
      void draw();
      return;
    case 'probe':
      void probe(message);
      return;
  }
};

/** Stops what runs, and runs `job` once that has ended. */
function inTurn(job: (signal: AbortSignal) => void | Promise<void>): void {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  queue = queue.then(async () => {
    try {
      await job(signal);
    } catch (error) {
      scope.postMessage({ type: 'failed', message: textOf(error) });
    }
  });
}

async function start(given: OffscreenCanvas): Promise<void> {
  canvas = given;
  try {
    const { device, name, software } = await openDevice(navigator.gpu);
    backend = new WebGpuBackend(device, { name, software });
    const context = canvas.getContext('webgpu');
    if (!context) throw new NoDeviceError('noDevice', 'The canvas takes no WebGPU context.');
    painter = new FeatureMapPainter(backend, context, navigator.gpu.getPreferredCanvasFormat());
    void device.lost.then(({ message }) => scope.postMessage({ type: 'lost', message }));
    scope.postMessage({ type: 'ready', adapter: name, software });
  } catch (error) {
    const reason = error instanceof NoDeviceError ? error.reason : 'noDevice';
    scope.postMessage({ type: 'noDevice', reason, message: textOf(error) });
  }
}

function takeModel({ graph, seed }: Extract<ToEngine, { type: 'model' }>): void {
  if (!backend) return;
  painter?.clear();
  session?.dispose();
  const weights = new InitialWeights(graph, seed);
  session = new Session(graph, weights, backend);
  if (picture) feed(session, picture);
  const blocked: Record<string, string> = {};
  for (const { path, outputs } of graph.scopes) {
    const reason = outputs.map((value) => session!.network.blocked(value)).find((each) => each !== null);
    if (reason) blocked[path] = reason;
  }
  scope.postMessage({ type: 'modelReady', weights: weights.origin, blocked });
}

function takePicture(taken: Picture): void {
  picture = taken;
  if (!session) return;
  painter?.clear();
  feed(session, picture);
}

/** The picture goes into every input that can hold one: (N, C, H, W), or (1 or 3, H, W). */
function feed(into: Session, from: Picture): void {
  for (const { value } of into.network.graph.inputs) {
    if (into.network.blocked(value)) continue;
    const shape = sizesOf(into, value);
    const isPicture = shape?.length === 4 || (shape?.length === 3 && (shape[0] === 1 || shape[0] === 3));
    if (!shape || !isPicture) continue;
    const { values, steps } = preprocess(from, shape);
    const copies = shape.length === 4 ? shape[0]! : 1;
    const batch = new Float32Array(values.length * copies);
    for (let n = 0; n < copies; n++) batch.set(values, n * values.length);
    into.feed(value, batch);
    scope.postMessage({ type: 'pictureReady', steps });
  }
}

function sizesOf(of: Session, value: number): readonly number[] | null {
  try {
    return of.network.shape(value);
  } catch {
    return null;
  }
}

async function show({ request, value }: Extract<ToEngine, { type: 'show' }>, signal: AbortSignal): Promise<void> {
  if (!session || !painter || signal.aborted) return;
  const began = performance.now();
  try {
    const total = session.whyBlocked(value) ? 0 : session.plan([value]).steps.length;
    const onProgress = (done: number) => scope.postMessage({ type: 'progress', request, done, total });
    const [operand] = await session.compute([value], { signal, onProgress });
    const { maps, stats } = await painter.show(operand!.storage, operand!.shape);
    await draw();
    const milliseconds = performance.now() - began;
    scope.postMessage({ type: 'shown', request, shape: operand!.shape, maps, stats, milliseconds });
  } catch (error) {
    if (signal.aborted) return;
    painter.clear();
    await draw();
    scope.postMessage({ type: 'notShown', request, blocked: error instanceof BlockedError, reason: textOf(error) });
  }
}

/** Draws what is asked for last; what was asked for meanwhile is drawn once, at the end. */
function draw(): Promise<void> {
  asked++;
  drawing ??= drawAll().finally(() => {
    drawing = null;
  });
  return drawing;
}

async function drawAll(): Promise<void> {
  while (drawn !== asked && painter && canvas && view) {
    drawn = asked;
    // Setting a size, even the same, empties the canvas.
    if (canvas.width !== view.canvasWidth) canvas.width = view.canvasWidth;
    if (canvas.height !== view.canvasHeight) canvas.height = view.canvasHeight;
    await painter.draw(view);
  }
}

async function probe({ request, channel, y, x }: Extract<ToEngine, { type: 'probe' }>): Promise<void> {
  try {
    const value = (await painter?.valueAt(channel, y, x)) ?? null;
    scope.postMessage({ type: 'probed', request, value });
  } catch {
    // The value went away while it was read: the pointer's next move asks again.
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
