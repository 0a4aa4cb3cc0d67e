import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { usesLibrary } from '../../src/protocol/server.ts';
import { createDiskFiles } from '../../src/server/diskFiles.ts';
import { createRemoteFiles, isUri } from '../../src/server/remoteFiles.ts';
import { readSettings } from '../../src/server/settings.ts';
import { createHostView } from '../../src/server/workspaceFiles.ts';

const nowhere = createRemoteFiles({ request: async () => ({ kind: 'absent' }), arrived: () => {} });

describe('disk files', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerlens-')).replaceAll('\\', '/');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('reads, and reads again after a change', () => {
    const files = createDiskFiles(nowhere);
    const path = `${folder}/net.py`;
    assert.deepEqual(files.read(path), { kind: 'absent' });
    writeFileSync(path, 'one');
    const first = files.read(path);
    assert.ok(first.kind === 'file' && first.text === 'one');
    assert.deepEqual(files.read(path), first);
    writeFileSync(path, 'two');
    utimesSync(path, new Date(), new Date(Date.now() + 5000));
    const second = files.read(path);
    assert.ok(second.kind === 'file' && second.text === 'two' && second.version !== first.version);
  });

  it('tells folders from files', () => {
    const files = createDiskFiles(nowhere);
    mkdirSync(`${folder}/package`);
    assert.equal(files.isDirectory(`${folder}/package`), true);
    assert.equal(files.isDirectory(`${folder}/nothing`), false);
    assert.deepEqual(files.read(`${folder}/package`), { kind: 'absent' });
  });

  it('paths and URIs', () => {
    const files = createDiskFiles(nowhere);
    assert.equal(files.toPath('file:///w/a%20b/net.py'), '/w/a b/net.py');
    assert.equal(files.toUri('/w/a b/net.py'), 'file:///w/a%20b/net.py');
    assert.equal(files.toPath('vscode-vfs://github/w/net.py'), 'vscode-vfs://github/w/net.py');
    assert.equal(files.toUri('vscode-vfs://github/w/net.py'), 'vscode-vfs://github/w/net.py');
    assert.equal(isUri('untitled:Untitled-1'), true);
    assert.equal(isUri('/w/net.py'), false);
  });
});

describe('the host of an analysis', () => {
  it('open documents come first, and every question is remembered', () => {
    const open = TextDocument.create('mem://w/net.py', 'python', 3, 'in the editor');
    const view = createHostView({ read: () => ({ kind: 'pending' }), isDirectory: () => 'pending' }, (path) =>
      path === 'mem://w/net.py' ? open : undefined,
    );
    assert.deepEqual(view.read('mem://w/net.py'), { kind: 'file', text: 'in the editor', version: 3 });
    assert.deepEqual(view.read('mem://w/b.py'), { kind: 'pending' });
    assert.equal(view.isDirectory('mem://w/c'), false);
    assert.deepEqual([...view.touched], ['mem://w/net.py', 'mem://w/b.py']);
    assert.deepEqual([...view.pending], ['mem://w/b.py', 'mem://w/c']);
  });
});

describe('remote files', () => {
  it('asks once, and answers when the text has come', async () => {
    const asked: string[] = [];
    let arrived = (): void => {};
    const coming = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const request = async (uri: string) => {
      asked.push(uri);
      return { kind: 'file', text: 'x = 1' } as const;
    };
    const files = createRemoteFiles({ request, arrived: () => arrived() });
    assert.deepEqual(files.read('mem://w/b.py'), { kind: 'pending' });
    assert.equal(files.isDirectory('mem://w/b.py'), 'pending');
    await coming;
    const read = files.read('mem://w/b.py');
    assert.ok(read.kind === 'file' && read.text === 'x = 1');
    assert.equal(files.isDirectory('mem://w/b.py'), false);
    assert.deepEqual(asked, ['mem://w/b.py']);
    files.forget('mem://w/b.py');
    assert.deepEqual(files.read('mem://w/b.py'), { kind: 'pending' });
  });
});

describe('what wakes us', () => {
  const texts: readonly (readonly [string, boolean])[] = [
    ['import torch', true],
    ['import os, torch', true],
    ['from torch import nn', true],
    ['    from timm.models import create_model', true],
    ['import torchvision.models as models', true],
    ['from einops.layers.torch import Rearrange', true],
    ['import numpy', false],
    ['# import torch', false],
    ['import numpy  # not torch', false],
    ['import torchlight', false],
    ['x = "import torch"', false],
  ];
  for (const [text, expected] of texts) it(text, () => assert.equal(usesLibrary(`"""x"""\n${text}\ny = 1`), expected));
});

describe('settings', () => {
  it('defaults stand for what is missing or wrong', () => {
    const defaults = {
      inlayHints: { shapes: true, params: true },
      codeLens: true,
      extraPaths: [],
      inputs: {},
      uses: {},
    };
    assert.deepEqual(readSettings(undefined), defaults);
    assert.deepEqual(readSettings({ inlayHints: 'yes', extraPaths: 'lib' }), defaults);
    const inputs = { Net: '(1, 3)', Other: 3 };
    assert.deepEqual(readSettings({ inlayHints: { shapes: false }, codeLens: false, extraPaths: ['lib', 3], inputs }), {
      inlayHints: { shapes: false, params: true },
      codeLens: false,
      extraPaths: ['lib'],
      inputs: { Net: '(1, 3)' },
      uses: {},
    });
  });
});
