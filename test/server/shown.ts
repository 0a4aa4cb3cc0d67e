// Inlay hints as one sees them: each label by the text in front of it.

import type { InlayHint } from 'vscode-languageserver';

export function shown(text: string, hints: readonly InlayHint[]): Record<string, unknown> {
  const lines = text.split('\n');
  return Object.fromEntries(
    hints.map(({ position, label }) => [lines[position.line]?.slice(0, position.character), label]),
  );
}
