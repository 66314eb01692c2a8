/**
 * Gradient boosting against LightGBM and scikit-learn on real data: the same rows and settings.
 *
 *   node bench/boosting-accuracy.ts [--sets adult,forest-cover,california-housing] [--seeds 5]
 *     [--trees 100] [--leaves 31] [--depth 11] [--no-peer]
 *
 * The data sets lie in `$SHOAL_SHARED/data` or `../shared/data`; `SHOAL_PYTHON` names a Python that
 * has both peers. A fifth of the rows is held out by hash of (seed, row), anew for each seed. All
 * trees have as many leaves at most, ours in at most `--depth` levels. Prints means over the
 * seeds; exits 1 where ours is worse than LightGBM's by more than half a point of accuracy or R2.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { frameFor, problemOf } from '../actors/task-runner/problem.ts';
import { importCsv } from '../datasets/csv-import.ts';
import type { Column, Frame } from '../datasets/frame.ts';
import { numbersOf } from '../datasets/quantile-bins.ts';
import { type RowSplit, splitRows } from '../datasets/row-split.ts';
import { shardFrames } from '../datasets/shard-frames.ts';
import { boostingParams } from '../learners/boosting/boosting-params.ts';
import { gradientBoosting } from '../learners/boosting/gradient-boosting.ts';
import type { Problem } from '../learners/learner.ts';
import { classificationMetrics } from '../learners/metrics/classification.ts';
import { regressionMetrics } from '../learners/metrics/regression.ts';
import { defaultParams } from '../learners/params.ts';
import { prepareSlices, runRounds } from '../test/support/rounds-driver.ts';

const TARGETS: Readonly<Record<string, string>> = {
  adult: 'class',
  'forest-cover': 'Cover_Type',
  'california-housing': 'Price',
};
/** How much worse than LightGBM the mean may be. */
const ALLOWED = 0.005;

const { values: flags } = parseArgs({
  options: {
    sets: { type: 'string', default: Object.keys(TARGETS).join(',') },
    seeds: { type: 'string', default: '5' },
    trees: { type: 'string', default: '100' },
    leaves: { type: 'string', default: '31' },
    depth: { type: 'string', default: '11' },
    'no-peer': { type: 'boolean', default: false },
  },
});

interface Scores {
  /** Accuracy, or R2. */
  readonly score: number;
  /** Log-loss, or root mean squared error. */
  readonly loss: number;
  readonly cpuSeconds: number;
}

const holdOut = (seed: number, part: 'train' | 'test'): RowSplit => ({
  ...{ kind: 'holdout', part, seed, fraction: 0.2 },
});

async function readFrames(name: string, target: string) {
  const folder =
    process.env.SHOAL_SHARED ?? fileURLToPath(new URL('../../shared', import.meta.url));
  const shards: Uint8Array[] = [];
  const file = join(folder, 'data', `${name}.csv`);
  const manifest = await importCsv({
    ...{ name, file: `${name}.csv`, rowsPerShard: 1 << 20 },
    open: () => createReadStream(file, { highWaterMark: 1 << 18 }),
    onShard: (bytes) => void shards.push(bytes),
  });
  const features = manifest.columns.map((column) => column.name).filter((n) => n !== target);
  const kind = target === 'Price' ? 'regression' : 'classification';
  const problem = problemOf({ kind, target, features, seed: 1 }, manifest);
  const frames = [...shardFrames(manifest, (index) => shards[index]!)];
  return { problem, frames: frames.map((frame) => frameFor(problem, frame)) };
}

function scoreOurs(plain: Problem, frames: readonly Frame[], seed: number): Scores {
  const problem = { ...plain, seed };
  const given = { maxDepth: Number(flags.depth), maxLeaves: Number(flags.leaves) };
  const trees = Number(flags.trees);
  const params = { ...defaultParams(boostingParams), ...given, trees };
  const begin = process.cpuUsage();
  const each = frames.map((frame) => [frame]);
  const slices = prepareSlices(gradientBoosting, problem, params, each, holdOut(seed, 'train'));
  const fit = runRounds({ learner: gradientBoosting, problem, params, slices });
  const { user, system } = process.cpuUsage(begin);
  const model = gradientBoosting.decode(fit.model);
  return { ...measure(problem, frames, model.predict, seed), cpuSeconds: (user + system) / 1e6 };
}

function measure(
  problem: Problem,
  frames: readonly Frame[],
  predict: (frame: Frame) => Float64Array,
  seed: number,
) {
  const width = Math.max(1, problem.classes.length);
  const targets: number[] = [];
  const said: number[] = [];
  for (const frame of frames) {
    const all = predict(frame);
    const truth = numbersOf(frame.columns.get(problem.target.name) as Column);
    for (const row of splitRows(holdOut(seed, 'test'), frame.firstRow, frame.rows)) {
      targets.push(truth[row]!);
      said.push(...all.subarray(row * width, (row + 1) * width));
    }
  }
  const values = Float64Array.from(said);
  if (problem.kind === 'regression') {
    const { r2, rmse } = regressionMetrics(Float64Array.from(targets), values);
    return { score: r2 ?? Number.NaN, loss: rmse ?? Number.NaN };
  }
  const found = classificationMetrics(Int32Array.from(targets), values, width);
  return { score: found.accuracy ?? Number.NaN, loss: found.logLoss ?? Number.NaN };
}

function scorePeers(problem: Problem, frames: readonly Frame[], seeds: readonly number[]) {
  const valuesOf = (name: string) =>
    frames.flatMap((frame) =>
      Array.from(numbersOf(frame.columns.get(name) as Column), (v) => (Number.isNaN(v) ? null : v)),
    );
  const input = {
    kind: problem.kind,
    columns: problem.features.map(({ kind, name, levels }) => ({
      unordered: kind !== 'number' && (levels?.length ?? 0) > 2,
      values: valuesOf(name),
    })),
    target: valuesOf(problem.target.name),
    trees: Number(flags.trees),
    leaves: Number(flags.leaves),
    tests: seeds.map((seed) =>
      frames.flatMap((frame) =>
        Array.from(
          splitRows(holdOut(seed, 'test'), frame.firstRow, frame.rows),
          (row) => frame.firstRow + row,
        ),
      ),
    ),
  };
  const script = fileURLToPath(new URL('boosting_accuracy_peer.py', import.meta.url));
  const run = spawnSync(process.env.SHOAL_PYTHON ?? 'python3', [script], {
    ...{ input: JSON.stringify(input), encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] },
    env: { ...process.env, OMP_NUM_THREADS: '1' },
    maxBuffer: 2 ** 26,
  });
  if (run.status !== 0) throw new Error(`"${script}" ended with ${run.status}`);
  return JSON.parse(run.stdout) as Readonly<Record<'lightgbm' | 'sklearn', readonly Scores[]>>;
}

function meanOf(scores: readonly Scores[]): Scores {
  const mean = (pick: (one: Scores) => number) =>
    scores.reduce((sum, one) => sum + pick(one), 0) / scores.length;
  return {
    score: mean((one) => one.score),
    loss: mean((one) => one.loss),
    cpuSeconds: mean((one) => one.cpuSeconds),
  };
}

async function compareOn(name: string): Promise<boolean> {
  const target = TARGETS[name];
  if (target === undefined) throw new Error(`no data set "${name}" here`);
  const { problem, frames } = await readFrames(name, target);
  const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1);
  const ours = meanOf(seeds.map((seed) => scoreOurs(problem, frames, seed)));
  if (flags['no-peer']) {
    console.log(JSON.stringify({ set: name, ours }));
    return true;
  }
  const peers = scorePeers(problem, frames, seeds);
  const lightgbm = meanOf(peers.lightgbm);
  const good = ours.score >= lightgbm.score - ALLOWED;
  console.log(JSON.stringify({ set: name, good, ours, lightgbm, sklearn: meanOf(peers.sklearn) }));
  return good;
}

for (const name of flags.sets.split(',')) {
  if (!(await compareOn(name))) process.exitCode = 1;
}
