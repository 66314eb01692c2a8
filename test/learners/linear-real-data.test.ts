/**
 * Linear models and naive Bayes on the real data sets, against figures of scikit-learn 1.9.1.
 *
 * The figures come from `bench/linear-accuracy.ts`, which runs the peer beside ours.
 */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { frameFor, problemOf } from '../../actors/task-runner/problem.ts';
import { importCsv } from '../../datasets/csv-import.ts';
import type { Column, Frame } from '../../datasets/frame.ts';
import { numbersOf } from '../../datasets/quantile-bins.ts';
import { type RowSplit, splitRows } from '../../datasets/row-split.ts';
import { shardFrames } from '../../datasets/shard-frames.ts';
import type { Problem } from '../../learners/learner.ts';
import {
  linearRegression,
  logisticRegression,
  softmaxRegression,
} from '../../learners/linear/linear-models.ts';
import { classificationMetrics } from '../../learners/metrics/classification.ts';
import { regressionMetrics } from '../../learners/metrics/regression.ts';
import { naiveBayes } from '../../learners/naive-bayes/naive-bayes.ts';
import { defaultParams } from '../../learners/params.ts';
import type { RoundsLearner } from '../../learners/rounds-learner.ts';
import { prepareSlices, runRounds } from './rounds-driver.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(process.env.SHOAL_SHARED ?? join(root, '../shared'), 'data');

/** Trains with the defaults on the training part of the split; scores the part asked for. */
async function score<P, Prepared, Held>(
  learner: RoundsLearner<P, Prepared, Held>,
  name: string,
  target: string,
  part: 'train' | 'test',
) {
  const shards: Uint8Array[] = [];
  const manifest = await importCsv({
    name,
    file: `${name}.csv`,
    open: () => createReadStream(join(folder, `${name}.csv`), { highWaterMark: 1 << 18 }),
    rowsPerShard: 2_000,
    onShard: (bytes) => void shards.push(bytes),
  });
  const features = manifest.columns.map((column) => column.name).filter((n) => n !== target);
  const kind = learner.kinds[0]!;
  const problem = problemOf({ kind, target, features, seed: 1 }, manifest);
  const decoded = [...shardFrames(manifest, (index) => shards[index]!)];
  const frames = decoded.map((frame) => frameFor(problem, frame));
  const params = defaultParams(learner.params);
  const each = frames.map((frame) => [frame]);
  const slices = prepareSlices(learner, problem, params, each, splitOf('train'));
  const { model, rounds } = runRounds({ learner, problem, params, slices });
  const predictor = learner.decode(model);
  const predicted = frames.map((frame) => predictor.predict(frame));
  return { rounds, ...measure(problem, frames, predicted, splitOf(part)) };
}

const splitOf = (part: 'train' | 'test'): RowSplit => ({
  kind: 'holdout',
  part,
  seed: 1,
  fraction: 0.2,
});

function measure(
  problem: Problem,
  frames: readonly Frame[],
  predicted: readonly Float64Array[],
  split: RowSplit,
) {
  const width = Math.max(1, problem.classes.length);
  const truth: number[] = [];
  const said: number[] = [];
  frames.forEach((frame, f) => {
    const values = numbersOf(frame.columns.get(problem.target.name) as Column);
    for (const row of splitRows(split, frame.firstRow, frame.rows)) {
      truth.push(values[row]!);
      said.push(...predicted[f]!.subarray(row * width, (row + 1) * width));
    }
  });
  const scores = Float64Array.from(said);
  return problem.kind === 'regression'
    ? { r2: regressionMetrics(Float64Array.from(truth), scores).r2! }
    : classificationMetrics(Int32Array.from(truth), scores, problem.classes.length);
}

const there = existsSync(join(folder, 'adult.csv'));
const title = there ? 'real data' : 'real data (skipped: no shared data; set SHOAL_SHARED)';

describe.skipIf(!there)(title, () => {
  it('[P34] logistic regression on adult converges to the optimum within 1e-3', async () => {
    const found = await score(logisticRegression, 'adult', 'class', 'train');
    expect(found).toMatchObject({ rows: 26_083 });
    expect(Math.abs((found as { logLoss: number }).logLoss - 0.316538)).toBeLessThan(1e-3);
    expect(found.rounds).toBeLessThan(40);
  });

  it('softmax regression on forest-cover is as accurate, within 0.3 points', async () => {
    const found = await score(softmaxRegression, 'forest-cover', 'Cover_Type', 'test');
    expect((found as { accuracy: number }).accuracy).toBeGreaterThan(0.7291 - 0.003);
  });

  it('linear regression on california-housing explains as much', async () => {
    const found = await score(linearRegression, 'california-housing', 'Price', 'test');
    expect((found as { r2: number }).r2).toBeCloseTo(0.62555, 4);
    expect(found.rounds).toBe(2);
  });

  it('naive Bayes on adult knows more than the shares of the classes', async () => {
    const found = await score(naiveBayes, 'adult', 'class', 'test');
    expect((found as { accuracy: number }).accuracy).toBeGreaterThan(0.8);
    expect((found as { auc: number }).auc).toBeGreaterThan(0.85);
  });
});
