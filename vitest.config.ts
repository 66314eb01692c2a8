/**
 * How the tests run: each file in a process of its own, two at a time, on one nats-server program
 * that is found before the first test. The JSON report is what `.ci/run` counts.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 90_000,
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
  },
});
