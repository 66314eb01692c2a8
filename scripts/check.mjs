/**
 * `npm run check`: types, lint and format, arrows and house rules, dead code, generated code, kernels.
 *
 * All at once, one line each, in seconds, without a nats-server. Output is shown only of what
 * failed; the exit code is 1 then. Names given as arguments run only those checks. The result is
 * also left in `.cache/check.json`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const CHECKS = {
  types: ['node_modules/typescript/bin/tsc', '-p', '.'],
  lint: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  arrows: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', 'test/tidy.test.ts'],
  'dead-code': ['node_modules/knip/bin/knip.js'],
  generated: ['scripts/generate.mjs', '--check'],
  kernels: ['scripts/build-kernels.mjs', '--check'],
};

function run(name) {
  const [script, ...args] = CHECKS[name];
  const startedAt = performance.now();
  if (!existsSync(join(ROOT, script))) {
    return Promise.resolve({ name, ok: true, skipped: true, seconds: 0, output: '' });
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: ROOT,
      env: { ...process.env, SHOAL_TEST_NATS: 'off', NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', (code) => {
      const seconds = Math.round(performance.now() - startedAt) / 1000;
      resolve({ name, ok: code === 0, skipped: false, seconds, output });
    });
  });
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(CHECKS, name));
if (unknown.length > 0) {
  console.error(`unknown check "${unknown[0]}"; checks are ${Object.keys(CHECKS).join(', ')}`);
  process.exit(2);
}
const names = asked.length > 0 ? asked : Object.keys(CHECKS);
const results = await Promise.all(
  names.map(async (name) => {
    const result = await run(name);
    const word = result.skipped ? 'skip' : result.ok ? 'ok  ' : 'FAIL';
    console.log(`${word}  ${name} (${result.seconds.toFixed(1)} s)`);
    if (!result.ok) console.log(result.output.trimEnd());
    return result;
  }),
);
mkdirSync(join(ROOT, '.cache'), { recursive: true });
const report = results.map(({ output, ...rest }) => rest);
writeFileSync(join(ROOT, '.cache', 'check.json'), `${JSON.stringify(report, null, 2)}\n`);
const failed = results.filter((result) => !result.ok).length;
console.log(failed === 0 ? 'all checks passed' : `${failed} of ${results.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
