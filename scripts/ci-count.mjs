/**
 * Prints the last line of `.ci/run`: how many tests and checks passed, failed and were skipped.
 *
 * Reads the reports that vitest and `scripts/check.mjs` leave in `.cache`; takes their exit codes as
 * arguments. A part that failed without a failed item of its own (set-up broke, a file did not load,
 * it was killed) counts as one failure. Plain JavaScript, since set-up may have failed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../.cache', import.meta.url));
const [testCode, checkCode] = process.argv.slice(2).map(Number);

function read(name) {
  try {
    return JSON.parse(readFileSync(join(CACHE, name), 'utf8'));
  } catch {
    return undefined;
  }
}

const tests = read('vitest.json');
const checks = read('check.json') ?? [];
const testFailed = tests?.numFailedTests ?? 0;
const checkFailed = checks.filter((check) => !check.ok).length;
const passed =
  (tests?.numPassedTests ?? 0) + checks.filter((check) => check.ok && !check.skipped).length;
const failed =
  Math.max(testFailed, testCode === 0 ? 0 : 1) + Math.max(checkFailed, checkCode === 0 ? 0 : 1);
const skipped =
  (tests?.numPendingTests ?? 0) +
  (tests?.numTodoTests ?? 0) +
  checks.filter((check) => check.skipped).length;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
