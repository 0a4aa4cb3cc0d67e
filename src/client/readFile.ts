// layerlens/readFile: files for a server without a disk, through VS Code's own file systems.
//   vscode-vfs://github/ada/net/blocks.py → its text      …/net → a directory      …/torch.py → absent

import * as vscode from 'vscode';
import type { ReadFileResult } from '../protocol/server.ts';

/** A source larger than this is data; it is not read. */
const largestSource = 4 * 1024 * 1024;

export async function readFile(uri: vscode.Uri): Promise<ReadFileResult> {
  try {
    const stat = await vscode.workspace.fs.stat(uri);
    if (stat.type & vscode.FileType.Directory) return { kind: 'directory' };
    if (stat.size > largestSource) return { kind: 'absent' };
    return { kind: 'file', text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
  } catch {
    return { kind: 'absent' };
  }
}
