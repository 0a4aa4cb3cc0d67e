// docs/operators.md says what has a rule: it must be what the tables say.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { operatorsFile, operatorsText } from '../tools/operators.ts';

describe('docs/operators.md', () => {
  it('is up to date (npm run docs:operators)', () => {
    assert.equal(readFileSync(operatorsFile, 'utf8'), operatorsText());
  });
});
