import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Snapshot } from '../../src/analysis/snapshot.ts';
import type { ReadFileResult } from '../../src/protocol/server.ts';
import { type Analysing, type Cause, Documents, emptySnapshot } from '../../src/server/documents.ts';
import { createRemoteFiles } from '../../src/server/remoteFiles.ts';

/** Reads each `from NAME import` of a text as the file NAME beside it, and takes as many turns as the text says `# slow`. */
function readingAnalyser(started: string[]): Analysing {
  return {
    async analyse(file, host, options) {
      const read = host.read(file);
      if (read.kind !== 'file') return null;
      started.push(`${file}@${read.version}`);
      if (read.text.includes('# crash')) throw new Error('cannot divide\nby zero');
      for (const _ of read.text.matchAll(/# slow/g)) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        await options?.pause?.();
        if (options?.cancellation?.cancelled) return null;
      }
      const gaps: { reason: string }[] = [];
      const dependencies: string[] = [];
      for (const [, name] of read.text.matchAll(/^from (\w+) import/gm)) {
        if (name === 'torch') continue;
        const path = `${file.slice(0, file.lastIndexOf('/'))}/${name}.py`;
        dependencies.push(path);
        const imported = host.read(path);
        gaps.push({ reason: imported.kind === 'file' ? imported.text : imported.kind });
      }
      const range = { line: 0, column: 0, endLine: 0, endColumn: 0 };
      const snapshot: Snapshot = { ...emptySnapshot(file), version: read.version, dependencies };
      return { ...snapshot, gaps: gaps.map((gap) => ({ ...gap, range })) };
    },
  };
}

interface Bench {
  documents: Documents;
  started: string[];
  done: { name: string; cause: Cause; gaps: string[] }[];
  log: string[];
  /** Opens a file, or edits it. */
  write(name: string, text: string): TextDocument;
}

function bench(remote: Readonly<Record<string, string>> = {}): Bench {
  const started: string[] = [];
  const done: Bench['done'] = [];
  const log: string[] = [];
  const versions = new Map<string, number>();
  const analyser = readingAnalyser(started);
  const access = createRemoteFiles({
    request: async (uri): Promise<ReadFileResult> => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      const text = remote[uri];
      return text === undefined ? { kind: 'absent' } : { kind: 'file', text };
    },
    arrived: (path) => documents.arrived(path),
  });
  const documents: Documents = new Documents({
    analyser: async () => analyser,
    access,
    extraPaths: () => [],
    analysed: ({ document, snapshot }, cause) =>
      done.push({ name: document.uri, cause, gaps: snapshot.gaps.map((gap) => gap.reason) }),
    log: (line) => log.push(line),
  });
  return {
    documents,
    started,
    done,
    log,
    write(name, text) {
      const version = (versions.get(name) ?? 0) + 1;
      versions.set(name, version);
      const document = TextDocument.create(name, 'python', version, text);
      documents.changed(document);
      return document;
    },
  };
}

const net = 'mem://w/net.py';
const blocks = 'mem://w/blocks.py';

async function until(ready: () => boolean): Promise<void> {
  for (let waited = 0; !ready(); waited += 5) {
    assert.ok(waited < 2000, 'it never came');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('documents', () => {
  it('a snapshot of the newest version', async () => {
    const { documents, write } = bench();
    write(net, 'import torch');
    assert.equal((await documents.current(net))?.snapshot.version, 1);
    write(net, 'import torch\n');
    const current = await documents.current(net);
    assert.equal(current?.snapshot.version, 2);
    assert.equal(current?.document.version, 2);
  });

  it('edits that come in one go are one', async () => {
    const { documents, started, write } = bench();
    for (let version = 1; version <= 5; version++) write(net, 'import torch');
    await documents.current(net);
    assert.deepEqual(started, [`${net}@5`]);
  });

  it('a newer edit cancels the older analysis, and its waiters get the newer snapshot', async () => {
    const { documents, started, done, write } = bench();
    write(net, `import torch ${'# slow'.repeat(100)}`);
    const waiting = documents.current(net);
    await until(() => started.length === 1);
    write(net, 'import torch');
    assert.equal((await waiting)?.snapshot.version, 2);
    assert.deepEqual(started, [`${net}@1`, `${net}@2`]);
    assert.equal(done.length, 1);
  });

  it('an edit goes before what only has changed around it', async () => {
    const { documents, started, write } = bench();
    write(net, 'import torch\nfrom blocks import Block');
    write('mem://w/other.py', 'import torch');
    await documents.current(net);
    await documents.current('mem://w/other.py');
    started.length = 0;
    documents.filesChanged([blocks]);
    write('mem://w/other.py', 'import torch\n');
    await documents.current(net);
    assert.deepEqual(started, ['mem://w/other.py@2', `${net}@1`]);
  });

  it('a file is analysed again when one that it reads is edited, and when it is closed', async () => {
    const { documents, done, write } = bench({ [blocks]: 'on disk' });
    const open = write(blocks, 'import torch # first');
    write(net, 'import torch\nfrom blocks import Block');
    await documents.current(net);
    done.length = 0;
    write(blocks, 'import torch # second');
    await until(() => done.some(({ name }) => name === net));
    assert.deepEqual(done, [
      { name: blocks, cause: 'edit', gaps: [] },
      { name: net, cause: 'around', gaps: ['import torch # second'] },
    ]);
    done.length = 0;
    documents.closed(open);
    await until(() => done.at(-1)?.gaps[0] === 'on disk');
  });

  it('what is pending is looked at again when it arrives', async () => {
    const { documents, done, write } = bench({ [blocks]: 'x = 1' });
    write(net, 'import torch\nfrom blocks import Block\nfrom other import Other');
    assert.deepEqual(
      (await documents.current(net))?.snapshot.gaps.map((gap) => gap.reason),
      ['pending', 'pending'],
    );
    await until(() => done.length >= 2);
    assert.deepEqual(done, [
      { name: net, cause: 'edit', gaps: ['pending', 'pending'] },
      { name: net, cause: 'around', gaps: ['x = 1', 'absent'] },
    ]);
  });

  it('files without our libraries are not analysed', async () => {
    const { documents, started, write } = bench();
    for (const [index, text] of ['import numpy', '# import torch', 'x = "torch"', 'import torchlight'].entries()) {
      write(`mem://w/${index}.py`, text);
      assert.equal((await documents.current(`mem://w/${index}.py`))?.snapshot.models.length, 0);
    }
    assert.deepEqual(started, []);
  });

  it('a crash is one line in the log, and the others go on', async () => {
    const { documents, log, write } = bench();
    write(net, 'import torch # crash');
    write(blocks, 'import torch');
    assert.deepEqual((await documents.current(net))?.snapshot.values, []);
    assert.equal((await documents.current(blocks))?.snapshot.version, 1);
    assert.equal(log.length, 1);
    assert.match(log[0] ?? '', /^mem:\/\/w\/net\.py: the analysis failed: Error: cannot divide by zero/);
    assert.ok(!log[0]?.includes('\n'));
  });

  it('closing answers those who wait with nothing', async () => {
    const { documents, write } = bench();
    const document = write(net, 'import torch # slow');
    const waiting = documents.current(net);
    documents.closed(document);
    assert.equal(await waiting, null);
    assert.equal(await documents.current(net), null);
  });
});
