// Yielding: lets newer messages in between two parts of a long analysis, without giving time away where there is none to take.
//   await pause()      # at most every few milliseconds does this really wait for the event loop

/** Runs after what the event loop holds already, in Node and in a worker. */
export function nextTurn(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A `pause` for the analysis: waits for the event loop once `slice` milliseconds have passed since the last time. */
export function createPause(slice = 8): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < slice) return;
    await nextTurn();
    since = performance.now();
  };
}
