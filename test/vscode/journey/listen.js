// Runs in every frame before the frame's own scripts: keeps what a webview's page sends to its extension.
// Plain JavaScript, since it is given to the browser as it is.
(() => {
  const sent = [];
  let original;
  Object.defineProperty(globalThis, 'acquireVsCodeApi', {
    configurable: true,
    set(value) {
      original = value;
      globalThis.layerlensSent = sent;
    },
    get() {
      if (!original) return undefined;
      return () => {
        const api = original();
        const postMessage = (message, transfer) => {
          sent.push(message);
          api.postMessage(message, transfer);
        };
        return { ...api, postMessage };
      };
    },
  });
})();
