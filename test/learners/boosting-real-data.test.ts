/**
 * Gradient boosting on the real data sets, against recorded figures of LightGBM 4.7.0.
 *
 * The figures come from `bench/boosting-accuracy.ts`, which runs the peers beside ours.
 */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { frameFor, problemOf } from '../../actors/task-runner/problem.ts';
import { importCsv } from '../../datasets/csv-import.ts';
import { numbersOf } from '../../datasets/quantile-bins.ts';
import { type RowSplit, splitRows } from '../../datasets/row-split.ts';
import { shardFrames } from '../../datasets/shard-frames.ts';
import { gradientBoosting } from '../../learners/boosting/gradient-boosting.ts';
import { classificationMetrics } from '../../learners/metrics/classification.ts';
import { regressionMetrics } from '../../learners/metrics/regression.ts';
import { defaults } from './boosting-fixture.ts';
import { prepareSlices, runRounds } from './rounds-driver.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(process.env.SHOAL_SHARED ?? join(root, '../shared'), 'data');
const holdOut = (part: 'train' | 'test'): RowSplit => ({
  ...{ kind: 'holdout', part, seed: 1, fraction: 0.2 },
});

async function score(name: string, target: string, trees: number) {
  const shards: Uint8Array[] = [];
  const manifest = await importCsv({
    ...{ name, file: `${name}.csv`, rowsPerShard: 1 << 20 },
    open: () => createReadStream(join(folder, `${name}.csv`), { highWaterMark: 1 << 18 }),
    onShard: (bytes) => void shards.push(bytes),
  });
  const features = manifest.columns.map((column) => column.name).filter((n) => n !== target);
  const kind = name === 'california-housing' ? 'regression' : 'classification';
  const problem = problemOf({ kind, target, features, seed: 1 }, manifest);
  const [frame] = [...shardFrames(manifest, (index) => shards[index]!)].map((one) =>
    frameFor(problem, one),
  );
  const params = { ...defaults, trees };
  const slices = prepareSlices(gradientBoosting, problem, params, [[frame!]], holdOut('train'));
  const { model } = runRounds({ learner: gradientBoosting, problem, params, slices });
  const all = gradientBoosting.decode(model).predict(frame!);
  const width = Math.max(1, problem.classes.length);
  const rows = splitRows(holdOut('test'), 0, frame!.rows);
  const truth = numbersOf(frame!.columns.get(target)!);
  const targets = Float64Array.from(rows, (row) => truth[row]!);
  const said = Float64Array.from(
    [...rows].flatMap((row) => [...all.subarray(row * width, (row + 1) * width)]),
  );
  return kind === 'regression'
    ? regressionMetrics(targets, said).r2
    : classificationMetrics(Int32Array.from(targets), said, width).accuracy;
}

const there = existsSync(join(folder, 'adult.csv'));
const title = there ? 'real data' : 'real data (skipped: no shared data; set SHOAL_SHARED)';

describe.skipIf(!there)(title, () => {
  it('[P80] is as accurate as LightGBM on adult, within half a point', async () => {
    expect(await score('adult', 'class', 100)).toBeGreaterThan(0.87897 - 0.005);
  });

  it('explains as much of california-housing, within half a point', async () => {
    expect(await score('california-housing', 'Price', 100)).toBeGreaterThan(0.82951 - 0.005);
  });

  it('knows the seven classes of forest-cover, within a point, with a fifth of the trees', async () => {
    expect(await score('forest-cover', 'Cover_Type', 20)).toBeGreaterThan(0.77545 - 0.01);
  });
});
