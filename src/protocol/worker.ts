// The first message to the server's worker: it has no files, so its grammars are given to it as bytes.

export interface GrammarsMessage {
  type: 'layerlens/grammars';
  /** web-tree-sitter.wasm */
  runtime: Uint8Array;
  /** tree-sitter-python.wasm */
  python: Uint8Array;
}

export function isGrammarsMessage(data: unknown): data is GrammarsMessage {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'layerlens/grammars';
}
