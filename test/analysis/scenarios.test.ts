// Every scenario of docs/scenarios.md gives the hints, roots and problems that it says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readScenarios, scenariosFile, scenariosText } from '../tools/scenarios.ts';
import { analyse, holdTo, plain } from './support.ts';

describe('docs/scenarios.md', () => {
  const scenarios = readScenarios();
  for (const { section, title, files, roots, notes } of scenarios) {
    it(`${section}: ${title}`, async () => {
      const detail = await analyse(files);
      holdTo(Object.values(files)[0]!, detail);
      const found = detail.snapshot.roots.map((r) =>
        [r.build, r.inputs.map((i) => `${i.name}: ${plain(i.text)}`).join(', '), r.inputSource].join(' · '),
      );
      assert.deepEqual(
        found.slice(0, Math.max(1, roots.length)),
        roots.length > 0 ? roots.map(plain) : found.slice(0, 1),
      );
      const said = detail.snapshot.roots.flatMap((r) => r.inputs.flatMap((i) => i.notes)).map(plain);
      for (const note of notes)
        assert(
          said.some((s) => s.includes(plain(note))),
          `no note says “${note}”:\n${said.join('\n')}`,
        );
    });
  }

  it('has at least 60 of them', () => assert(scenarios.length >= 60, String(scenarios.length)));

  it('has an up-to-date table (npm run docs:scenarios)', () =>
    assert(readFileSync(scenariosFile, 'utf8') === scenariosText(), 'it is out of date'));
});
