const { resolve } = require('node:path');
const { group } = require('./groups.cjs');

const root = resolve(__dirname, '..');

/**
 * As jest.config.js, with test files in groups that load the program once, and the tests counted
 * into the file that .ci/run reads.
 */
module.exports = {
  ...require('../jest.config.js'),
  rootDir: root,
  testMatch: group(root),
  testSequencer: resolve(__dirname, 'in-order.cjs'),
  // A group takes more than a file does.
  workerIdleMemoryLimit: '2GB',
  reporters: [
    'default',
    [resolve(__dirname, 'count-reporter.cjs'), { file: process.env.TEST_COUNTS }],
  ],
};
