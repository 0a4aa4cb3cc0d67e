// The server's entry in Node: over standard input and output for any editor, over Node's own channel for ours.
//   layerlens-language-server --stdio

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { Analyser, type Grammars } from '../analysis/analyser.ts';
import { createDiskFiles } from './diskFiles.ts';
import { startServer } from './server.ts';

const help = `LayerLens language server: shapes, costs and errors of neural networks, for any editor that speaks the LSP.

usage: layerlens-language-server --stdio

  --stdio      talk over standard input and output
  --node-ipc   talk over Node's own channel to the parent process
  --socket=N   talk over a local port that the editor listens on; --pipe=NAME likewise
`;

const options = process.argv.slice(2);
const other = options.find((option) => !isTransport(option) && !/^--clientProcessId\b|^\d+$/.test(option));

if (options.includes('--help') || options.includes('-h')) {
  process.stdout.write(help);
} else if (other !== undefined || !options.some(isTransport)) {
  process.stderr.write(other === undefined ? `Say how to talk.\n\n${help}` : `Unknown argument ${other}.\n\n${help}`);
  process.exitCode = 2;
} else {
  startServer(createConnection(ProposedFeatures.all), {
    analyser: async () => Analyser.create(await readGrammars()),
    files: createDiskFiles,
  });
}

/** They lie beside the bundle. */
async function readGrammars(): Promise<Grammars> {
  const [runtime, python] = await Promise.all([
    readFile(join(__dirname, 'web-tree-sitter.wasm')),
    readFile(join(__dirname, 'tree-sitter-python.wasm')),
  ]);
  return { runtime, python };
}

function isTransport(option: string): boolean {
  return option === '--stdio' || option === '--node-ipc' || /^--(socket|pipe)=/.test(option);
}
