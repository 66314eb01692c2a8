/**
 * Forest accuracy against scikit-learn on real data: the same rows, folds and settings.
 *
 *   node bench/accuracy.ts [--sets adult,forest-cover,california-housing] [--seeds 10] [--trees 100]
 *     [--splitter random] [--class-weight balanced] [--out-of-bag] [--kernels wasm|ts]
 *
 * The data sets lie in `$SHOAL_SHARED/data` or `../shared/data`; `SHOAL_PYTHON` names a Python that
 * has scikit-learn. Both sides see categories as ordinal codes in sorted order and missing values
 * as missing. A fifth of the rows is held out by hash of (seed, row). Exits 1 when the mean over
 * the seeds is worse than the peer's by more than 0.3 points of accuracy, or 0.005 of R2.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Column, ColumnSchema, Frame } from '../datasets/frame.ts';
import { chooseKernels } from '../datasets/kernel-choice.ts';
import { numbersOf } from '../datasets/quantile-bins.ts';
import { type RowSplit, splitRows } from '../datasets/row-split.ts';
import type { Problem } from '../learners/learner.ts';
import { classificationMetrics } from '../learners/metrics/classification.ts';
import { regressionMetrics } from '../learners/metrics/regression.ts';
import { defaultParams } from '../learners/params.ts';
import { featuresPerNode } from '../learners/random-forest/forest-params.ts';
import { randomForest } from '../learners/random-forest/random-forest.ts';

const TARGETS: Readonly<Record<string, string>> = {
  adult: 'class',
  'forest-cover': 'Cover_Type',
  'california-housing': 'Price',
};
const ACCURACY_LOSS_MAX = 0.003;
const R2_LOSS_MAX = 0.005;

const { values: flags } = parseArgs({
  options: {
    sets: { type: 'string', default: Object.keys(TARGETS).join(',') },
    seeds: { type: 'string', default: '10' },
    trees: { type: 'string', default: '100' },
    features: { type: 'string', default: 'auto' },
    bins: { type: 'string', default: '255' },
    jobs: { type: 'string', default: '1' },
    splitter: { type: 'string', default: 'best' },
    'out-of-bag': { type: 'boolean', default: false },
    'class-weight': { type: 'string', default: 'none' },
    kernels: { type: 'string', default: 'wasm' },
    'no-peer': { type: 'boolean', default: false },
  },
});

interface Table {
  readonly problem: Problem;
  readonly frame: Frame;
}

/** These files have no quotes, so a split is enough of a reader; `?` and nothing are missing. */
function readTable(path: string, targetName: string): Table {
  const lines = readFileSync(path, 'utf8').trimEnd().split(/\r?\n/);
  const names = lines[0]!.split(',');
  const cells = lines.slice(1).map((line) => line.split(',').map((cell) => cell.trim()));
  const columns = new Map<string, Column>();
  const schemas: ColumnSchema[] = [];
  names.forEach((name, c) => {
    const values = cells.map((row) => (row[c] === '?' ? '' : row[c]!));
    const known = values.filter((value) => value !== '');
    const numeric = known.every((value) => Number.isFinite(Number(value)));
    if (numeric && !(name === targetName && new Set(known).size <= 20)) {
      const numbers = Float64Array.from(values, (v) => (v === '' ? Number.NaN : Number(v)));
      columns.set(name, { kind: 'number', values: numbers });
      schemas.push({ name, kind: 'number' });
      return;
    }
    const levels = [...new Set(known)].sort();
    const codes = Int32Array.from(values, (value) => levels.indexOf(value));
    columns.set(name, { kind: 'category', codes });
    schemas.push({ name, kind: 'category', levels });
  });
  const target = schemas.find((schema) => schema.name === targetName)!;
  const features = schemas.filter((schema) => schema !== target);
  const kind = target.levels ? 'classification' : 'regression';
  const classes = target.levels ?? [];
  const problem: Problem = { kind, features, target, classes, rows: cells.length, seed: 0 };
  return { problem, frame: { rows: cells.length, firstRow: 0, columns } };
}

function pickRows(frame: Frame, rows: Int32Array): Frame {
  const columns = new Map<string, Column>();
  for (const [name, column] of frame.columns) {
    if (column.kind === 'text') continue;
    if (column.kind === 'number') {
      const values = Float64Array.from(rows, (row) => column.values[row]!);
      columns.set(name, { kind: 'number', values });
    } else {
      const codes = Int32Array.from(rows, (row) => column.codes[row]!);
      columns.set(name, { kind: column.kind, codes });
    }
  }
  return { rows: rows.length, firstRow: 0, columns };
}

const holdOut = (seed: number, part: 'train' | 'test'): RowSplit => ({
  kind: 'holdout',
  part,
  seed,
  fraction: 0.2,
});

const word = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);

function paramsOf() {
  const defaults = defaultParams(randomForest.params);
  const maxFeatures = word(flags.features);
  const extra = flags.splitter === 'random';
  return {
    ...defaults,
    trees: Number(flags.trees),
    maxFeatures,
    bins: Number(flags.bins),
    splitter: flags.splitter,
    bootstrap: !extra,
    outOfBag: flags['out-of-bag'],
    classWeight: flags['class-weight'],
  };
}

interface OurScore {
  readonly score: number;
  readonly outOfBag: number | undefined;
  readonly seconds: number;
}

/** Score of one seed on its held-out rows, and the processor seconds of the fit. */
function scoreOurs(table: Table, seed: number): OurScore {
  const problem = { ...table.problem, seed };
  const params = paramsOf();
  const quiet = () => undefined;
  const begin = process.cpuUsage();
  const source = { frames: () => [table.frame], split: holdOut(seed, 'train') };
  const prepared = randomForest.prepare(problem, params, source, quiet);
  const parts = Array.from({ length: randomForest.taskCount(problem, params) }, (_, task) =>
    randomForest.train(problem, params, prepared, task, quiet),
  );
  const model = randomForest.merge(problem, params, parts);
  const { user, system } = process.cpuUsage(begin);
  const seconds = (user + system) / 1e6;
  const test = pickRows(table.frame, splitRows(holdOut(seed, 'test'), 0, table.frame.rows));
  const predictor = randomForest.decode(model);
  const predicted = predictor.predict(test);
  const outOfBag = predictor.figures?.outOfBagAccuracy ?? predictor.figures?.outOfBagR2;
  const target = test.columns.get(problem.target.name)!;
  if (target.kind === 'text') throw new Error('the target is text');
  const score =
    target.kind === 'number'
      ? regressionMetrics(Float64Array.from(target.values), predicted).r2
      : classificationMetrics(target.codes, predicted, problem.classes.length).accuracy;
  return { score: score ?? 0, outOfBag, seconds };
}

interface PeerScores {
  readonly version: string;
  readonly scores: readonly number[];
  readonly outOfBag: readonly number[];
  readonly fitCpuSeconds: number;
}

function scorePeer(table: Table, seeds: readonly number[]): PeerScores {
  const { problem, frame } = table;
  const plain = (name: string) =>
    Array.from(numbersOf(frame.columns.get(name)!), (v) => (Number.isNaN(v) ? null : v));
  const input = {
    kind: problem.kind,
    columns: problem.features.map((feature) => plain(feature.name)),
    target: plain(problem.target.name),
    trees: Number(flags.trees),
    featuresPerNode: featuresPerNode(problem, paramsOf()),
    jobs: Number(flags.jobs),
    splitter: flags.splitter,
    classWeight: flags['class-weight'],
    outOfBag: flags['out-of-bag'],
    seeds,
    test: seeds.map((seed) => Array.from(splitRows(holdOut(seed, 'test'), 0, frame.rows))),
  };
  const script = join(fileURLToPath(import.meta.url), '..', 'accuracy_peer.py');
  const run = spawnSync(process.env.SHOAL_PYTHON ?? 'python3', [script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  if (run.status !== 0) throw new Error(`"${script}" ended with ${run.status}`);
  return JSON.parse(run.stdout) as PeerScores;
}

chooseKernels(flags.kernels === 'ts' ? 'ts' : 'wasm');

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function compareOn(name: string, folder: string): boolean {
  const table = readTable(join(folder, `${name}.csv`), TARGETS[name] ?? '');
  const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1);
  const ours = seeds.map((seed) => scoreOurs(table, seed));
  const us = mean(ours.map((run) => run.score));
  const peer = flags['no-peer'] ? null : scorePeer(table, seeds);
  const them = peer === null ? null : mean(peer.scores);
  const allowed = table.problem.kind === 'regression' ? R2_LOSS_MAX : ACCURACY_LOSS_MAX;
  const good = them === null || us >= them - allowed;
  console.log(
    JSON.stringify({
      set: name,
      metric: table.problem.kind === 'regression' ? 'r2' : 'accuracy',
      trees: Number(flags.trees),
      featuresPerNode: featuresPerNode(table.problem, paramsOf()),
      ours: us,
      peer: them,
      difference: them === null ? null : us - them,
      allowed,
      good,
      ...(flags['out-of-bag']
        ? {
            outOfBag: mean(ours.map((run) => run.outOfBag ?? Number.NaN)),
            peerOutOfBag: mean(peer?.outOfBag ?? []),
          }
        : {}),
      seeds: seeds.length,
      fitCpuSeconds: mean(ours.map((run) => run.seconds)),
      peerFitCpuSeconds: peer?.fitCpuSeconds,
      peerVersion: peer?.version,
    }),
  );
  return good;
}

const shared = process.env.SHOAL_SHARED ?? join(fileURLToPath(import.meta.url), '../../../shared');
if (!existsSync(join(shared, 'data'))) {
  console.error(`no data sets under "${shared}"; set SHOAL_SHARED to the folder that holds data/`);
  process.exitCode = 2;
} else {
  const results = flags.sets.split(',').map((name) => compareOn(name, join(shared, 'data')));
  if (results.includes(false)) process.exitCode = 1;
}
