/**
 * Linear models against scikit-learn on real data: the same rows, encoding and penalties.
 *
 *   node bench/linear-accuracy.ts [--sets adult,forest-cover,california-housing] [--l2 1] [--l1 0]
 *     [--seed 1] [--set tolerance=1e-6,solver=adam] [--mode local] [--rows 2000] [--no-peer]
 *
 * The data sets lie in `$SHOAL_SHARED/data` or `../shared/data`; `SHOAL_PYTHON` names a Python that
 * has scikit-learn. A fifth of the rows is held out by hash of (seed, row). Our side trains over the
 * slices of shards of `--rows` rows; the peer encodes the same columns by itself and iterates to its
 * optimum. Exits 1 when a mean log-loss is more than 0.001 from the peer's (adult), accuracy more
 * than 0.3 points below (forest-cover), or R2 more than 0.001 below (california-housing).
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { frameFor, problemOf } from '../actors/task-runner/problem.ts';
import { importCsv } from '../datasets/csv-import.ts';
import type { Column, Frame } from '../datasets/frame.ts';
import { numbersOf } from '../datasets/quantile-bins.ts';
import { type RowSplit, splitRows } from '../datasets/row-split.ts';
import { shardFrames } from '../datasets/shard-frames.ts';
import type { Problem } from '../learners/learner.ts';
import {
  type LinearLearner,
  linearRegression,
  logisticRegression,
  softmaxRegression,
} from '../learners/linear/linear-models.ts';
import type { LinearParams } from '../learners/linear/linear-params.ts';
import { classificationMetrics } from '../learners/metrics/classification.ts';
import { regressionMetrics } from '../learners/metrics/regression.ts';
import { defaultParams } from '../learners/params.ts';
import type { Mode } from '../learners/rounds-learner.ts';
import { prepareSlices, runRounds } from '../test/support/rounds-driver.ts';

interface Case {
  readonly target: string;
  readonly learner: LinearLearner;
  /** Figure that is compared, and by how much it may be worse. */
  readonly figure: 'trainLogLoss' | 'accuracy' | 'r2';
  readonly allowed: number;
}

const CASES: Readonly<Record<string, Case>> = {
  adult: {
    target: 'class',
    learner: logisticRegression,
    figure: 'trainLogLoss',
    allowed: 0.001,
  },
  'forest-cover': {
    target: 'Cover_Type',
    learner: softmaxRegression,
    figure: 'accuracy',
    allowed: 0.003,
  },
  'california-housing': {
    target: 'Price',
    learner: linearRegression,
    figure: 'r2',
    allowed: 0.001,
  },
};

const { values: flags } = parseArgs({
  options: {
    sets: { type: 'string', default: Object.keys(CASES).join(',') },
    l2: { type: 'string', default: '1' },
    l1: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    set: { type: 'string', default: '' },
    mode: { type: 'string', default: 'sync' },
    rows: { type: 'string', default: '2000' },
    'no-peer': { type: 'boolean', default: false },
  },
});

interface Scores {
  readonly trainLogLoss?: number;
  readonly testLogLoss?: number;
  readonly accuracy?: number;
  readonly r2?: number;
  readonly cpuSeconds: number;
  readonly version?: string;
}

const holdOut = (part: 'train' | 'test'): RowSplit => ({
  kind: 'holdout',
  part,
  seed: Number(flags.seed),
  fraction: 0.2,
});

async function readFrames(name: string, folder: string, { target, learner }: Case) {
  const shards: Uint8Array[] = [];
  const manifest = await importCsv({
    name,
    file: `${name}.csv`,
    open: () => createReadStream(join(folder, `${name}.csv`), { highWaterMark: 1 << 18 }),
    rowsPerShard: Number(flags.rows),
    onShard: (bytes) => void shards.push(bytes),
  });
  const features = manifest.columns.map((column) => column.name).filter((n) => n !== target);
  const kind = learner.kinds[0] ?? 'regression';
  const plain = problemOf({ kind, target, features, seed: Number(flags.seed) }, manifest);
  const problem: Problem = { ...plain, mode: flags.mode as Mode };
  const frames = [...shardFrames(manifest, (index) => shards[index]!)];
  return { problem, frames: frames.map((frame) => frameFor(problem, frame)) };
}

function paramsOf(learner: LinearLearner): LinearParams {
  const set = flags.set.split(',').filter((pair) => pair !== '');
  const given = set.map((pair): [string, string | number] => {
    const [name, text] = pair.split('=') as [string, string];
    return [name, Number.isNaN(Number(text)) ? text : Number(text)];
  });
  const penalties = { l2: Number(flags.l2), l1: Number(flags.l1) };
  return { ...defaultParams(learner.params), ...penalties, ...Object.fromEntries(given) };
}

function scoreOurs({ learner }: Case, problem: Problem, frames: readonly Frame[]) {
  const params = paramsOf(learner);
  const begin = process.cpuUsage();
  const each = frames.map((frame) => [frame]);
  const slices = prepareSlices(learner, problem, params, each, holdOut('train'));
  const fit = runRounds({ learner, problem, params, slices });
  const { user, system } = process.cpuUsage(begin);
  const model = learner.decode(fit.model);
  const all = frames.map((frame) => model.predict(frame));
  const part = (name: 'train' | 'test') => measure(problem, frames, all, holdOut(name));
  const [train, test] = [part('train'), part('test')];
  const scores: Scores =
    'r2' in test
      ? { r2: test.r2 ?? Number.NaN, cpuSeconds: (user + system) / 1e6 }
      : {
          trainLogLoss: ('logLoss' in train ? train.logLoss : null) ?? Number.NaN,
          testLogLoss: test.logLoss ?? Number.NaN,
          accuracy: test.accuracy ?? Number.NaN,
          cpuSeconds: (user + system) / 1e6,
        };
  const last = fit.metrics.at(-1);
  return { scores, rounds: fit.rounds, ended: fit.ended, last, slices: slices.length };
}

function measure(
  problem: Problem,
  frames: readonly Frame[],
  predictions: readonly Float64Array[],
  split: RowSplit,
) {
  const width = Math.max(1, problem.classes.length);
  const targets: number[] = [];
  const predicted: number[] = [];
  frames.forEach((frame, f) => {
    const truth = numbersOf(frame.columns.get(problem.target.name) as Column);
    for (const row of splitRows(split, frame.firstRow, frame.rows)) {
      targets.push(truth[row]!);
      predicted.push(...predictions[f]!.subarray(row * width, (row + 1) * width));
    }
  });
  const values = Float64Array.from(predicted);
  return problem.kind === 'regression'
    ? regressionMetrics(Float64Array.from(targets), values)
    : classificationMetrics(Int32Array.from(targets), values, problem.classes.length);
}

function scorePeer(problem: Problem, frames: readonly Frame[]): Scores {
  const valuesOf = (name: string) =>
    frames.flatMap((frame) =>
      Array.from(numbersOf(frame.columns.get(name) as Column), (v) => (Number.isNaN(v) ? null : v)),
    );
  const split = holdOut('test');
  const input = {
    kind: problem.kind,
    columns: problem.features.map(({ name, levels }) => ({
      levels: levels?.length ?? 0,
      values: valuesOf(name),
    })),
    target: valuesOf(problem.target.name),
    l1: Number(flags.l1),
    l2: Number(flags.l2),
    test: frames.flatMap((frame) =>
      Array.from(splitRows(split, frame.firstRow, frame.rows), (row) => frame.firstRow + row),
    ),
  };
  const script = join(fileURLToPath(import.meta.url), '..', 'linear_peer.py');
  const run = spawnSync(process.env.SHOAL_PYTHON ?? 'python3', [script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  if (run.status !== 0) throw new Error(`"${script}" ended with ${run.status}`);
  return JSON.parse(run.stdout) as Scores;
}

async function compareOn(name: string, folder: string): Promise<boolean> {
  const test = CASES[name];
  if (test === undefined) throw new Error(`no data set "${name}" here`);
  const { problem, frames } = await readFrames(name, folder, test);
  const { scores, ...fit } = scoreOurs(test, problem, frames);
  const peer = flags['no-peer'] ? null : scorePeer(problem, frames);
  const us = scores[test.figure] ?? Number.NaN;
  const them = peer?.[test.figure] ?? Number.NaN;
  const worse = test.figure === 'trainLogLoss' ? us - them : them - us;
  const good = peer === null || worse <= test.allowed;
  console.log(
    JSON.stringify({
      set: name,
      algorithm: test.learner.name,
      figure: test.figure,
      worseBy: peer === null ? null : worse,
      allowed: test.allowed,
      good,
      ours: scores,
      peer,
      ...fit,
    }),
  );
  return good;
}

const shared = process.env.SHOAL_SHARED ?? join(fileURLToPath(import.meta.url), '../../../shared');
if (!existsSync(join(shared, 'data'))) {
  console.error(`no data sets under "${shared}"; set SHOAL_SHARED to the folder that holds data/`);
  process.exitCode = 2;
} else {
  for (const name of flags.sets.split(',')) {
    if (!(await compareOn(name, join(shared, 'data')))) process.exitCode = 1;
  }
}
