const { resolve } = require('node:path');

/** As jest.config.js, with the tests counted into the file that .ci/run reads. */
module.exports = {
  ...require('../jest.config.js'),
  rootDir: resolve(__dirname, '..'),
  reporters: [
    'default',
    [resolve(__dirname, 'count-reporter.cjs'), { file: process.env.TEST_COUNTS }],
  ],
};
