/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs', ignoreDynamic: true },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  // Worker threads, since a failing assertion on a bigint kills a child-process worker.
  workerThreads: true,
  // Each file loads the whole program anew, and a thread's heap keeps growing: a fresh one is cheaper.
  workerIdleMemoryLimit: '800MB',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 30_000,
  collectCoverageFrom: ['src/**/*.ts', '!src/cli/**', '!src/main.ts'],
};
