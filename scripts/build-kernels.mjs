/**
 * Builds the kernels (AssemblyScript) of the table below into bytes that TypeScript files beside
 * them hold; with `--check` says whether they are fresh. Names given as arguments build only those.
 *
 * `FOLDER/NAME.as` becomes `FOLDER/generated/NAME.ts`, which exports `nameWasm` in base64. A kernel
 * may import other `.as` files of its folder as `./other`. All import `env.memory`.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KERNELS = ['datasets/kernels/csv-kernel.as', 'learners/kernels/forest-grower.as'];

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'shoal-kernel-'));

/** The text of the TypeScript file that holds a kernel's bytes. */
function build(source) {
  const folder = join(root, dirname(source));
  const name = basename(source, '.as');
  const work = mkdtempSync(join(scratch, `${name}-`));
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.as'))) {
    copyFileSync(join(folder, file), join(work, file.replace(/\.as$/, '.ts')));
  }
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/assemblyscript/bin/asc.js'),
      ...[`${name}.ts`, '-o', `${name}.wasm`, '--runtime', 'stub', '--enable', 'simd'],
      ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert', '--importMemory'],
      ...['--use', 'abort='],
    ],
    { cwd: work, stdio: 'inherit' },
  );
  const lines = readFileSync(join(work, `${name}.wasm`))
    .toString('base64')
    .match(/.{1,96}/g)
    .map((line) => `  '${line}'`);
  const variable = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  return [
    `// Generated from ../${name}.as by scripts/build-kernels.mjs; do not edit.`,
    `export const ${variable}Wasm: string =`,
    `${lines.join(' +\n')};\n`,
  ].join('\n');
}

try {
  const checks = process.argv.includes('--check');
  const asked = process.argv.slice(2).filter((argument) => argument !== '--check');
  for (const source of KERNELS) {
    const name = basename(source, '.as');
    if (asked.length > 0 && !asked.includes(name)) continue;
    const target = join(dirname(source), 'generated', `${name}.ts`);
    const text = build(source);
    if (!checks) {
      mkdirSync(join(root, dirname(target)), { recursive: true });
      writeFileSync(join(root, target), text);
    } else if (
      !existsSync(join(root, target)) ||
      readFileSync(join(root, target), 'utf8') !== text
    ) {
      console.error(`${target} is stale: run scripts/build-kernels.mjs`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
