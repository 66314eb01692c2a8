/**
 * Builds `datasets/kernels/csv-kernel.as` (AssemblyScript) into the bytes that
 * `datasets/kernels/generated/csv-kernel.ts` holds; with `--check` says whether they are fresh.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'datasets/kernels/generated/csv-kernel.ts');
const scratch = mkdtempSync(join(tmpdir(), 'shoal-kernel-'));

try {
  copyFileSync(join(root, 'datasets/kernels/csv-kernel.as'), join(scratch, 'csv-kernel.ts'));
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/assemblyscript/bin/asc.js'),
      ...['csv-kernel.ts', '-o', 'csv-kernel.wasm', '--runtime', 'stub', '--enable', 'simd'],
      ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert', '--importMemory'],
      ...['--use', 'abort='],
    ],
    { cwd: scratch, stdio: 'inherit' },
  );
  const lines = readFileSync(join(scratch, 'csv-kernel.wasm'))
    .toString('base64')
    .match(/.{1,96}/g)
    .map((line) => `  '${line}'`);
  const text = [
    '// Generated from ../csv-kernel.as by scripts/build-csv-kernel.mjs; do not edit.',
    'export const csvKernelWasm: string =',
    `${lines.join(' +\n')};\n`,
  ].join('\n');
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(
      'datasets/kernels/generated/csv-kernel.ts is stale: run scripts/build-csv-kernel.mjs',
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
