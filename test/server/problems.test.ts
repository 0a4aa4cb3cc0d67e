import assert from 'node:assert/strict';
import type { Problem } from '../../src/analysis/rules/problem.ts';
import { codeActions } from '../../src/server/codeActions.ts';
import { diagnostics } from '../../src/server/diagnostics.ts';
import { file, problem, snapshot, source, uri } from './snapshots.ts';

const sample = source('class LeNet(nn.Module):\n    self.fc = nn.Linear(400, 10)\n    x = self.fc(x)');
const toUri = (path: string): string => `file://${path}`;

const wrong: Problem = problem(sample.at('self.fc(x)'), {
  related: [
    { message: 'LeNet', range: { file, ...sample.at('LeNet') } },
    { message: 'fc', range: { file, ...sample.at('nn.Linear(400, 10)') } },
  ],
  fixes: [{ title: 'Set in_features to 576', edits: [{ range: { file, ...sample.at('400') }, newText: '576' }] }],
});

describe('diagnostics', () => {
  it('code, source, severity and the path to it', () =>
    assert.deepEqual(diagnostics(snapshot({ problems: [wrong] }), toUri), [
      {
        range: { start: { line: 2, character: 8 }, end: { line: 2, character: 18 } },
        severity: 1,
        code: 'linear-features',
        source: 'LayerLens',
        message: 'Linear expects 400 features, gets 576 = 16·6·6',
        relatedInformation: [
          {
            message: 'LeNet',
            location: { uri, range: { start: { line: 0, character: 6 }, end: { line: 0, character: 11 } } },
          },
          {
            message: 'fc',
            location: { uri, range: { start: { line: 1, character: 14 }, end: { line: 1, character: 32 } } },
          },
        ],
      },
    ]));

  it('severities', () => {
    const problems = (['error', 'warning', 'hint'] as const).map((severity) => ({ ...wrong, severity }));
    const found = diagnostics(snapshot({ problems }), toUri);
    assert.deepEqual(
      found.map((diagnostic) => diagnostic.severity),
      [1, 2, 4],
    );
  });

  it('a problem in an imported file stands where the path leaves this one', () => {
    const range = { ...wrong.range, file: '/work/blocks.py' };
    const [found] = diagnostics(snapshot({ problems: [{ ...wrong, range }] }), toUri);
    assert.equal(found?.range.start.line, 1);
    assert.equal(found?.relatedInformation?.at(-1)?.location.uri, 'file:///work/blocks.py');
    assert.equal(found?.relatedInformation?.at(-1)?.message, wrong.message);
  });

  it('a problem that has no place in this file is not shown in it', () => {
    const range = { ...wrong.range, file: '/work/blocks.py' };
    assert.deepEqual(diagnostics(snapshot({ problems: [{ ...wrong, range, related: [] }] }), toUri), []);
  });
});

describe('code actions', () => {
  const within = { start: { line: 2, character: 10 }, end: { line: 2, character: 10 } };

  function check(only: string[] | undefined, range: typeof within, titles: readonly string[]): void {
    const shown = diagnostics(snapshot({ problems: [wrong] }), toUri);
    const actions = codeActions(
      snapshot({ problems: [wrong] }),
      { range, context: { diagnostics: shown, only } },
      toUri,
    );
    assert.deepEqual(
      actions.map((action) => action.title),
      titles,
    );
    for (const action of actions) {
      assert.equal(action.kind, 'quickfix');
      assert.equal(action.isPreferred, true);
      assert.deepEqual(action.diagnostics, shown);
      const edit = { range: { start: { line: 1, character: 24 }, end: { line: 1, character: 27 } }, newText: '576' };
      assert.deepEqual(action.edit, { changes: { [uri]: [edit] } });
    }
  }

  it('a fix at its problem', () => check(undefined, within, ['Set in_features to 576']));
  it('asked for quick fixes', () => check(['quickfix'], within, ['Set in_features to 576']));
  it('asked for something else', () => check(['source.organizeImports'], within, []));
  it('elsewhere', () => check(undefined, { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } }, []));
});
