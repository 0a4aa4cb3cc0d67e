// How a root was found, in words.
//   from a call in line 30 · from tests/test_net.py:12 · from a DataLoader over MNIST (line 12)

import type { SourceRange } from '../analysis/graph/modelGraph.ts';
import type { RootFact } from '../analysis/snapshot.ts';

/** Null where the command line itself asked for the root. Files are named relative to `folder`. */
export function origin(root: RootFact, file: string, folder: string): string | null {
  const place = (at: SourceRange): string => {
    if (at.file === file) return `line ${at.line + 1}`;
    return `${at.file.startsWith(`${folder}/`) ? at.file.slice(folder.length + 1) : at.file}:${at.line + 1}`;
  };
  const { source } = root;
  switch (root.inputSource) {
    case 'option':
      return null;
    case 'setting':
      return 'from a setting';
    case 'pin':
      return source ? `from a pin in ${place(source)}` : 'from a pin in the source';
    case 'annotation':
      return 'from an annotation';
    case 'comment':
      return 'from a comment';
    case 'docstring':
      return 'from a docstring';
    case 'loader': {
      const at = root.loader?.source ?? source;
      return `from a DataLoader over ${root.loader?.dataset ?? 'a dataset'}${at ? ` (${place(at)})` : ''}`;
    }
    case 'call':
      if (!source) return 'from a call';
      return source.file === file ? `from a call in ${place(source)}` : `from ${place(source)}`;
    case 'layers':
    case 'assumed': {
      const fed = root.inputSource === 'layers' ? 'fed what its layers want' : 'fed what is common';
      return source ? `built in ${place(source)}, ${fed}` : fed;
    }
  }
}
