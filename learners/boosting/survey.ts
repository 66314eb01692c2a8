/**
 * The first two rounds: what has to be known of all rows before a tree can be grown.
 *
 * Round 0 gathers a sample of the number columns (a row is in it by its hash), the bounds of target
 * and weight, and counts. Round 1 sums weights and targets in fixed point against those bounds. Both
 * are order-free: the sample is sorted before use, all else is whole numbers, minima and maxima.
 */
import { type ColumnBins, levelBins, quantileBins } from '../../datasets/quantile-bins.ts';
import { LearnerError } from '../errors.ts';
import { log } from '../math.ts';
import { bytesOf, doublesOf } from '../round-bytes.ts';
import type { BoostedRows } from './boosted-rows.ts';
import type { BoostingTask } from './boosting-task.ts';

/** Rows that the bins are made from, about; less where they would be too many numbers. */
const SAMPLE_ROWS = 32_768;
const SAMPLE_NUMBERS = 2 ** 24;
const SAMPLE_LEAST = 2_048;

/** Places in a sum; counts of the classes follow, then the sampled rows. */
const AT = { rows: 0, heldBack: 1, low: 2, high: 3, heaviest: 4, counts: 5 } as const;

export interface Survey {
  readonly rows: number;
  readonly heldBack: number;
  /** Bounds of the target over the rows that are trained on. */
  readonly low: number;
  readonly high: number;
  /** Largest weight. */
  readonly heaviest: number;
  /** Rows of each class. */
  readonly counts: Float64Array;
  readonly bins: readonly ColumnBins[];
  /** Median of the sampled targets. */
  readonly median: number;
}

function numbersOf(task: BoostingTask): number[] {
  return task.features.flatMap(({ kind }, f) => (kind === 'number' ? [f] : []));
}

function sampleRows(task: BoostingTask): number {
  const width = numbersOf(task).length + 1;
  return Math.max(SAMPLE_LEAST, Math.min(SAMPLE_ROWS, Math.floor(SAMPLE_NUMBERS / width)));
}

/** Most bytes of a sum of the survey, about. */
export function surveyBytes(task: BoostingTask): number {
  const width = numbersOf(task).length + 1;
  return 1.3 * 8 * (width * sampleRows(task) + 64 + task.problem.classes.length);
}

export function surveyRows(task: BoostingTask, rows: BoostedRows): Uint8Array {
  const classes = task.problem.classes.length;
  const threshold = (sampleRows(task) / Math.max(1, task.problem.rows)) * 2 ** 32;
  const sampled: number[] = [];
  let [low, high, heaviest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const counts = new Float64Array(classes);
  for (let i = 0; i < rows.trained; i++) {
    const target = rows.targets[i]!;
    if (target < low) low = target;
    if (target > high) high = target;
    if (classes > 0) counts[target]!++;
    heaviest = Math.max(heaviest, rows.weights.length === 0 ? 1 : rows.weights[i]!);
    if (rows.keys[i]! < threshold) sampled.push(i);
  }
  const numbers = numbersOf(task);
  const head = AT.counts + classes;
  const sum = new Float64Array(head + sampled.length * (numbers.length + 1));
  sum.set([rows.trained, rows.rows - rows.trained, low, high, heaviest]);
  sum.set(counts, AT.counts);
  let at = head;
  for (const row of sampled) {
    sum[at++] = rows.targets[row]!;
    for (const f of numbers) sum[at++] = rows.columns[f]![row]!;
  }
  return bytesOf(sum);
}

/** Law: counts add, bounds widen, samples are put one behind the other. */
export function combineSurveys(task: BoostingTask, left: Uint8Array, right: Uint8Array) {
  const [a, b] = [doublesOf(left), doublesOf(right)];
  const head = AT.counts + task.problem.classes.length;
  const sum = new Float64Array(a.length + b.length - head);
  sum.set(a);
  for (let i = 0; i < head; i++) sum[i] = a[i]! + b[i]!;
  sum[AT.low] = Math.min(a[AT.low]!, b[AT.low]!);
  sum[AT.high] = Math.max(a[AT.high]!, b[AT.high]!);
  sum[AT.heaviest] = Math.max(a[AT.heaviest]!, b[AT.heaviest]!);
  sum.set(b.subarray(head), a.length);
  return bytesOf(sum);
}

/** @throws LearnerError where there is nothing to learn from, or a target that cannot be */
export function readSurvey(task: BoostingTask, bytes: Uint8Array): Survey {
  const sum = doublesOf(bytes);
  const { problem, params, objective, features } = task;
  const head = AT.counts + problem.classes.length;
  const numbers = numbersOf(task);
  const width = numbers.length + 1;
  const sampled = (sum.length - head) / width;
  const [low, high, heaviest] = [sum[AT.low]!, sum[AT.high]!, sum[AT.heaviest]!];
  const name = problem.target.name;
  if (sum[AT.rows] === 0) {
    throw new LearnerError(`no row to train on has a value in target "${name}"`);
  }
  if (heaviest === 0) {
    throw new LearnerError(`every row weighs 0 in weight "${params.weight}", one must weigh more`);
  }
  if (!Number.isFinite(high - low)) {
    throw new LearnerError(`target "${name}" goes from ${low} to ${high}, must be finite`);
  }
  if (objective === 'poisson' && low < 0) {
    throw new LearnerError(
      `target "${name}" goes down to ${low}, params.objective "poisson" needs 0 or more`,
    );
  }
  const column = (c: number) => {
    const values = new Float64Array(sampled);
    for (let i = 0; i < sampled; i++) values[i] = sum[head + i * width + c]!;
    return values.filter((value) => !Number.isNaN(value));
  };
  const targets = column(0).sort();
  return {
    ...{ rows: sum[AT.rows]!, heldBack: sum[AT.heldBack]!, low, high, heaviest },
    counts: sum.slice(AT.counts, head),
    bins: features.map(({ levels }, f) =>
      numbers.includes(f)
        ? quantileBins(column(1 + numbers.indexOf(f)), params.bins)
        : levelBins(levels?.length ?? 0),
    ),
    median: targets.length === 0 ? (low + high) / 2 : targets[targets.length >> 1]!,
  };
}

/** Bits of a weight or target in fixed point. */
const CENTRE_BITS = 20;

/** Round 1: `[weight of each class]`, or `[weight, weight * target]`, in fixed point. */
export function sumCentre(
  { problem }: BoostingTask,
  rows: BoostedRows,
  { low, high, heaviest }: Pick<Survey, 'low' | 'high' | 'heaviest'>,
): Uint8Array {
  const sums = new Float64Array(Math.max(2, problem.classes.length));
  const unit = 2 ** CENTRE_BITS;
  const span = high - low;
  for (let i = 0; i < rows.trained; i++) {
    const weight = rows.weights.length === 0 ? 1 : rows.weights[i]! / heaviest;
    const target = rows.targets[i]!;
    if (problem.classes.length > 0) sums[target]! += Math.round(weight * unit);
    else {
      sums[0]! += Math.round(weight * unit);
      sums[1]! += span > 0 ? Math.round(((weight * (target - low)) / span) * unit) : 0;
    }
  }
  return bytesOf(sums);
}

/** Law: whole numbers are added, so any order gives the same bytes. */
export function combineCentres(left: Uint8Array, right: Uint8Array): Uint8Array {
  const [a, b] = [doublesOf(left), doublesOf(right)];
  return bytesOf(a.map((value, i) => value + b[i]!));
}

export interface Centre {
  /** Margin that every row begins with, one for each output. */
  readonly base: Float64Array;
  /** Factor on the weight of each class's rows; empty for regression. */
  readonly classWeights: Float64Array;
}

/** The best constant margins, and the weights of classes. */
export function readCentre(
  task: BoostingTask,
  bytes: Uint8Array,
  survey: Pick<Survey, 'low' | 'high' | 'median' | 'counts' | 'rows'>,
): Centre {
  const sums = doublesOf(bytes);
  const { problem, params, objective, outputs } = task;
  const { low, high, counts } = survey;
  if (problem.kind === 'regression') {
    const mean = sums[0]! > 0 ? low + (sums[1]! / sums[0]!) * (high - low) : low;
    const centre = objective === 'absolute' ? survey.median : mean;
    const base = objective === 'poisson' ? log(Math.max(mean, 1e-6)) : centre;
    return { base: Float64Array.of(Math.fround(base)), classWeights: new Float64Array(0) };
  }
  const present = counts.filter((count) => count > 0).length;
  const classWeights = counts.map((count) =>
    params.classWeight === 'none' ? 1 : count > 0 ? survey.rows / (present * count) : 0,
  );
  const heavy = classWeights.map((weight, c) => weight * sums[c]!);
  const all = heavy.reduce((sum, weight) => sum + weight, 0);
  const shares = heavy.map((weight) =>
    Math.min(1 - 1e-6, Math.max(1e-6, all > 0 ? weight / all : 0)),
  );
  const base =
    outputs === 1
      ? Float64Array.of(Math.fround(log((shares[1] ?? 1e-6) / (1 - (shares[1] ?? 1e-6)))))
      : shares.map((share) => Math.fround(log(share)));
  return { base, classWeights };
}
