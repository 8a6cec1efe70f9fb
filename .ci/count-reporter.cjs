const { writeFileSync } = require('node:fs');

/**
 * Keeps count of the tests in a file as they end, so that a run that is cut short is counted too.
 * A test file that could not run is one failure.
 */
module.exports = class CountReporter {
  constructor(_globalConfig, { file }) {
    this.file = file;
    this.counts = { passed: 0, failed: 0, isComplete: false };
    this.write();
  }

  onTestResult(_test, result) {
    this.counts.passed += result.numPassingTests;
    this.counts.failed += result.numFailingTests + (result.testExecError ? 1 : 0);
    this.write();
  }

  onRunComplete() {
    this.counts.isComplete = true;
    this.write();
  }

  write() {
    writeFileSync(this.file, JSON.stringify(this.counts));
  }
};
