/**
 * Generates what the tree holds of generated code, or with `--check` says whether it is fresh.
 * Today that is the protobuf code of `schemas/shoal.proto`, and the diagram in `docs/states.md`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { statesPage } from './states.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const scratch = mkdtempSync(join(tmpdir(), 'shoal-generate-'));

function run(tool, args) {
  execFileSync(process.execPath, [join(root, 'node_modules/protobufjs-cli/bin', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function protobuf() {
  const js = join(scratch, 'shoal.js');
  const types = join(scratch, 'shoal.d.ts');
  run('pbjs', [
    ...[
      '-t',
      'static-module',
      '-w',
      'esm',
      '--no-service',
      '--no-verify',
      '--no-delimited',
      '--no-convert',
      '--force-number',
    ],
    ...['-o', js, 'schemas/shoal.proto'],
  ]);
  run('pbts', ['-o', types, js]);
  return [
    // Counts stay below 2^53: defaults are plain zeros, whether or not `long` is installed.
    [
      'schemas/generated/shoal.js',
      readFileSync(js, 'utf8').replaceAll(
        /\$util\.Long \? \$util\.Long\.fromBits\(0,0,(true|false)\) : 0/g,
        '0',
      ),
    ],
    ['schemas/generated/shoal.d.ts', readFileSync(types, 'utf8')],
  ];
}

let stale = 0;
try {
  for (const [path, text] of [...protobuf(), ['docs/states.md', statesPage()]]) {
    const full = join(root, path);
    if (!check) {
      writeFileSync(full, text);
      continue;
    }
    let present = '';
    try {
      present = readFileSync(full, 'utf8');
    } catch {}
    if (present !== text) {
      stale += 1;
      console.error(`${path} is stale: run "npm run generate" and commit the result`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = stale > 0 ? 1 : 0;
