/**
 * `npm run mutants [-- --only NAME] [--seeds N] [--jobs K]` breaks the protocol on purpose, one small
 * change at a time in a copy of the tree, and says what notices: simulated clusters first, then the
 * tests nearest to the change. Exit code 1 if more than one mutant in thirty gets by.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutants } from '../test/mutants/all-mutants.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** How long a run may take, at least; on a busy machine so many times as long as an unbroken one. */
const limitLeastMs = 240_000;
const limitTimes = 8;
let limitMs = limitLeastMs;
const simTells = /^ {2}\S|^Error: the calm run/;
const options = {
  only: { type: 'string', multiple: true },
  seeds: { type: 'string', default: '63' },
  jobs: { type: 'string', default: String(Math.max(1, Math.floor(availableParallelism() / 2))) },
};

/** A copy of the tree as it is now, but for what git ignores; packages are shared. */
function copyTree() {
  const tree = mkdtempSync(join(tmpdir(), 'shoal-mutants-'));
  const listed = spawnSync('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: root });
  for (const path of listed.stdout.toString().split('\0')) {
    if (path === '') continue;
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    // Gone since it was listed, or deleted and not committed.
    cpSync(join(root, path), join(tree, path), {
      force: true,
      errorOnExist: false,
      recursive: true,
    });
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

/** Runs a program of the tree. @returns null when it ends well, else the line that says why not */
function run(tree, args, tells) {
  return new Promise((resolve) => {
    const env = { ...process.env, SHOAL_TEST_NATS: 'off', NO_COLOR: '1', FORCE_COLOR: undefined };
    const child = spawn(process.execPath, args, {
      cwd: tree,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk) => {
      output = (output + chunk).slice(-200_000);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limitMs);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(null);
      const line = output.split('\n').find((text) => tells.test(text)) ?? '';
      const why = late ? `no end within ${limitMs / 1_000} s` : `ended with ${signal ?? code}`;
      return resolve(line.trim().slice(0, 150) || why);
    });
  });
}

/** Test files that fail before anything is broken, which say nothing of a mutant. */
async function failingBefore(tree, wanted) {
  const files = [...new Set(wanted.flatMap(({ tests }) => tests))];
  await run(tree, ['node_modules/vitest/vitest.mjs', 'run', ...files], /FAIL/);
  // Where `vitest.config.ts` has it written.
  const { testResults } = JSON.parse(readFileSync(join(tree, '.cache', 'vitest.json'), 'utf8'));
  const failed = testResults.filter(({ status }) => status !== 'passed').map(({ name }) => name);
  const broken = files.filter((file) => failed.some((name) => name.endsWith(file)));
  for (const file of broken) console.log(`${file} fails without any mutant: it is left out`);
  return broken;
}

/** What notices the mutant first; null where nothing does. */
async function noticed(tree, { file, find, put, tests }, { seeds, leftOut }) {
  const path = join(tree, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(find).length !== 2) return 'it does not apply';
  writeFileSync(
    path,
    source.replace(find, () => put),
  );
  try {
    const sim = ['scripts/sim.mjs', '--seeds', String(seeds), '--jobs', '1', '--stop'];
    const simulated = await run(tree, sim, simTells);
    if (simulated !== null) return `sim: ${simulated}`;
    const sound = tests.filter((test) => !leftOut.includes(test));
    if (sound.length === 0) return null;
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', ...sound];
    const tested = await run(tree, vitest, /FAIL/);
    return tested === null ? null : `test: ${tested.replace(/^FAIL\s+/, '')}`;
  } finally {
    writeFileSync(path, source);
  }
}

async function main() {
  const { values } = parseArgs({ options });
  const wanted = mutants.filter(({ name }) => values.only?.includes(name) ?? true);
  const [seeds, jobs] = [values.seeds, values.jobs].map(Number);
  if (wanted.length === 0 || ![seeds, jobs].every((n) => Number.isSafeInteger(n) && n > 0)) {
    console.error(`--only takes one of: ${mutants.map(({ name }) => name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const queue = [...wanted];
  const survived = [];
  const trees = Array.from({ length: Math.min(jobs, wanted.length) }, copyTree);
  const sim = ['scripts/sim.mjs', '--seeds', String(seeds), '--jobs', '1', '--stop'];
  const leftOut = await failingBefore(trees[0], wanted);
  const begunMs = performance.now();
  const unsound = await run(trees[0], sim, simTells);
  limitMs = Math.max(limitMs, Math.ceil(performance.now() - begunMs) * limitTimes);
  if (unsound !== null) console.log(`seeds fail without any mutant: ${unsound}`);
  const work = async (tree) => {
    try {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const begunMs = performance.now();
        const by = await noticed(tree, mutant, { seeds, leftOut });
        const seconds = ((performance.now() - begunMs) / 1_000).toFixed(0);
        if (by === null) survived.push(mutant.name);
        console.log(
          `${by === null ? 'SURVIVED' : 'caught  '} ${mutant.name} (${seconds} s) ${by ?? ''}`,
        );
      }
    } finally {
      rmSync(tree, { recursive: true, force: true });
    }
  };
  await Promise.all(trees.map(work));
  const caught = wanted.length - survived.length;
  console.log(
    `${caught} of ${wanted.length} mutants caught${survived.length > 0 ? `; survived: ${survived.join(', ')}` : ''}`,
  );
  process.exitCode = survived.length > Math.floor(wanted.length / 30) ? 1 : 0;
}

await main();
