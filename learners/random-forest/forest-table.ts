/**
 * The data that a forest trains on: every training row binned, one byte a cell, in shared memory.
 *
 * Made in two passes over the rows, one frame in memory at a time: the first samples the columns
 * and counts rows, the second writes bins. Rows without a target are left out. A regression target
 * is stored in fixed point against bounds found in the first pass, so that its sums are integers.
 */
import type { Column, Frame } from '../../datasets/frame.ts';
import {
  type ColumnBins,
  levelBins,
  numbersOf,
  quantileBins,
  writeBins,
} from '../../datasets/quantile-bins.ts';
import { RowSample } from '../../datasets/row-sample.ts';
import { splitRows } from '../../datasets/row-split.ts';
import { LearnerError } from '../errors.ts';
import type { Problem, Progress, RowSource } from '../learner.ts';
import { hash32 } from '../random.ts';
import { balancedWeights } from './class-weights.ts';
import type { ForestParams } from './forest-params.ts';
import { type BinnedRows, FEATURE } from './kernel.ts';

/** Rows that the bins are made from; one bin's share of them is known to about 9 %. */
export const SAMPLE_ROWS = 32_768;
export const CLASSES_MAX = 1024;
/** Cells of a table are addressed by 32-bit integers. */
const TABLE_BYTES_MAX = 2 ** 31 - 1;
/** Bits of a fixed-point target, less where so many rows could exceed exact integers. */
const TARGET_BITS = 30;
const EXACT_BITS = 52;

export interface ForestTable extends BinnedRows {
  /** 256 a feature: lowest and highest value seen in each bin. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** A regression target is `targetMin + fixed * targetStep`. */
  readonly targetMin: number;
  readonly targetStep: number;
}

/** Bytes a row of the table takes: bins, then one word (two for regression), to a whole word. */
export function rowBytes(problem: Problem): number {
  const tail = problem.kind === 'regression' ? 8 : 4;
  return ((problem.features.length + 3) >> 2) * 4 + tail;
}

/** Throws for a problem that a forest cannot be grown for, naming the column or the bound. */
export function checkProblem(problem: Problem): void {
  const { features, classes } = problem;
  if (features.length < 1 || features.length > FEATURE) {
    throw new LearnerError(`${features.length} features given, a forest takes 1 to ${FEATURE}`);
  }
  const text = features.find((feature) => feature.kind === 'text');
  if (text) {
    throw new LearnerError(
      `feature "${text.name}" is free text, which a forest cannot use; leave it out or import it as a category`,
    );
  }
  if (classes.length > CLASSES_MAX) {
    throw new LearnerError(
      `target "${problem.target.name}" has ${classes.length} classes, at most ${CLASSES_MAX} are possible`,
    );
  }
}

interface Survey {
  readonly rows: number;
  readonly targetMin: number;
  readonly targetMax: number;
  readonly sample: RowSample;
}

export function makeTable(
  problem: Problem,
  params: ForestParams,
  source: RowSource,
  progress: Progress,
): ForestTable {
  checkProblem(problem);
  const survey = surveyRows(problem, source, progress);
  if (survey.rows === 0) {
    throw new LearnerError(`no row to train on has a value in target "${problem.target.name}"`);
  }
  const bins = makeBins(problem, params.bins, survey.sample);
  const table = emptyTable(problem, survey, bins);
  fillTable(problem, source, bins, table, progress);
  return params.classWeight === 'balanced' && table.classes > 0
    ? { ...table, classWeights: balancedWeights(table) }
    : table;
}

/** First pass: counts the rows, samples the number columns, finds the bounds of the target. */
function surveyRows(problem: Problem, source: RowSource, progress: Progress): Survey {
  const numbers = problem.features.filter((feature) => feature.kind === 'number');
  const sample = new RowSample(hash32(problem.seed, 0x62696e73), numbers.length, SAMPLE_ROWS);
  let rows = 0;
  let targetMin = Number.POSITIVE_INFINITY;
  let targetMax = Number.NEGATIVE_INFINITY;
  for (const frame of source.frames()) {
    const target = targetOf(problem, frame);
    const picked = knownRows(source, frame, target);
    rows += picked.length;
    for (const row of picked) {
      const value = target[row]!;
      if (value < targetMin) targetMin = value;
      if (value > targetMax) targetMax = value;
    }
    const columns = numbers.map((feature) => numbersOf(columnOf(frame, feature.name)));
    sample.add(frame.firstRow, picked, columns);
    progress(Math.min(frame.firstRow + frame.rows, problem.rows) / 2, problem.rows);
  }
  if (problem.kind === 'regression' && rows > 0 && !Number.isFinite(targetMax - targetMin)) {
    throw new LearnerError(
      `target "${problem.target.name}" goes from ${targetMin} to ${targetMax}, must be finite`,
    );
  }
  return { rows, targetMin, targetMax, sample };
}

function makeBins(problem: Problem, binsMax: number, sample: RowSample): ColumnBins[] {
  let number = 0;
  return problem.features.map((feature) =>
    feature.kind === 'number'
      ? quantileBins(sample.column(number++), binsMax)
      : levelBins(feature.levels?.length ?? 0, binsMax),
  );
}

function emptyTable(problem: Problem, survey: Survey, bins: readonly ColumnBins[]): ForestTable {
  const { rows, targetMin, targetMax } = survey;
  const stride = rowBytes(problem);
  if (rows * stride > TABLE_BYTES_MAX) {
    throw new LearnerError(
      `${rows} rows of ${stride} bytes are more than the ${TABLE_BYTES_MAX} of one table; use fewer features or "rows": "shard"`,
    );
  }
  const features = bins.length;
  const binCounts = new Uint16Array(new SharedArrayBuffer(features * 2));
  const lower = new Float64Array(new SharedArrayBuffer(features * 256 * 8));
  const upper = new Float64Array(new SharedArrayBuffer(features * 256 * 8));
  bins.forEach((column, f) => {
    binCounts[f] = column.count;
    lower.set(column.lower, f * 256);
    upper.set(column.upper, f * 256);
  });
  const regression = problem.kind === 'regression';
  const bits = Math.min(TARGET_BITS, EXACT_BITS - (32 - Math.clz32(rows)));
  return {
    rows,
    features,
    classes: problem.classes.length,
    stride,
    cells: new Uint8Array(new SharedArrayBuffer(rows * stride)),
    binCounts,
    lower,
    upper,
    targetMin: regression ? targetMin : 0,
    targetStep: regression ? (targetMax - targetMin) / 2 ** bits : 0,
  };
}

/** Second pass: writes the bins and the target of every row. */
function fillTable(
  problem: Problem,
  source: RowSource,
  bins: readonly ColumnBins[],
  table: ForestTable,
  progress: Progress,
): void {
  const { stride, cells, targetMin, targetStep } = table;
  const words = new Int32Array(cells.buffer);
  const wordOfRow = stride >> 2;
  const tail = wordOfRow - (problem.kind === 'regression' ? 2 : 1);
  let first = 0;
  for (const frame of source.frames()) {
    const target = targetOf(problem, frame);
    const picked = knownRows(source, frame, target);
    problem.features.forEach((feature, f) => {
      const values = numbersOf(columnOf(frame, feature.name));
      writeBins(bins[f]!, values, picked, cells, first * stride + f, stride);
    });
    for (let i = 0; i < picked.length; i++) {
      const value = target[picked[i]!]!;
      const fixed = targetStep > 0 ? Math.round((value - targetMin) / targetStep) : 0;
      words[(first + i) * wordOfRow + tail] = problem.kind === 'regression' ? fixed : value;
    }
    first += picked.length;
    progress(
      (problem.rows + Math.min(frame.firstRow + frame.rows, problem.rows)) / 2,
      problem.rows,
    );
  }
}

/** Class codes, or numbers; negative or NaN where the target is missing. */
function targetOf(problem: Problem, frame: Frame): ArrayLike<number> {
  const column = columnOf(frame, problem.target.name);
  if (problem.kind === 'regression') return numbersOf(column);
  if (column.kind === 'category' || column.kind === 'boolean') return column.codes;
  throw new LearnerError(
    `target "${problem.target.name}" is a ${column.kind} column, classes must come as level codes`,
  );
}

/** Positions in the frame of the rows that are in the split and have a target. */
function knownRows(source: RowSource, frame: Frame, target: ArrayLike<number>): Int32Array {
  const rows = splitRows(source.split, frame.firstRow, frame.rows);
  let kept = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = target[rows[i]!]!;
    // A missing class is -1; a missing number is NaN, which no comparison holds for.
    if (Number.isNaN(value) || (target instanceof Int32Array && value < 0)) continue;
    rows[kept++] = rows[i]!;
  }
  return rows.subarray(0, kept);
}

function columnOf(frame: Frame, name: string): Column {
  const column = frame.columns.get(name);
  if (column) return column;
  throw new LearnerError(`column "${name}" is not among those read`);
}
