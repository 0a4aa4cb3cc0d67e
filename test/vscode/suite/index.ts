// The entry that VS Code runs inside its extension host: every test of this folder in one mocha, results into a file.

import Mocha from 'mocha';

export function run(): Promise<void> {
  const { LAYERLENS_REPORTER: reporter, LAYERLENS_SUITE_RESULTS: results } = process.env;
  const mocha = new Mocha({ timeout: 60_000, color: false, reporter, reporterOptions: { results } });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  require('./features.test.ts');
  return new Promise((done, failed) => {
    mocha.run((failures) => (failures > 0 ? failed(new Error(`${failures} failed`)) : done()));
  });
}
