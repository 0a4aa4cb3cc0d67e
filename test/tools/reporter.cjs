// A mocha reporter: what "spec" prints, and the results as JSON in the file that LAYERLENS_RESULTS names.
//   {"passed": 12, "failed": 1, "skipped": 0, "failures": [{"title": "...", "message": "..."}]}

const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { reporters, Runner } = require('mocha');

class ResultsReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = options?.reporterOptions?.results ?? process.env.LAYERLENS_RESULTS;
    if (!file) return;
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const failures = this.failures.map((test) => ({
        title: test.fullTitle(),
        message: String(test.err?.message ?? test.err),
      }));
      const results = { passed: this.stats.passes, failed: this.stats.failures, skipped: this.stats.pending, failures };
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(results)}\n`);
    });
  }
}

module.exports = ResultsReporter;
