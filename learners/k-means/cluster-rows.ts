/**
 * The rows of a slice that are clustered, and single rows as records within a sum.
 *
 * A record is `[key, row, numbers..., set columns...]`: enough to make a centre of. Lists of records
 * are kept sorted, short and free of repeats by what made them. Knows no centres.
 */
import { splitRows } from '../../datasets/row-split.ts';
import { allocateRows, type DesignRows, writeRows } from '../encoding/design-rows.ts';
import type { Problem, Progress, RowSource } from '../learner.ts';
import type { Shape } from './k-means-params.ts';

export interface ClusterRows {
  readonly design: DesignRows;
  /** Row of the data set that `offsets` count from. */
  readonly firstRow: number;
  readonly offsets: Uint32Array;
}

export function clusterRows(
  problem: Problem,
  { layout }: Shape,
  source: RowSource,
  progress: Progress,
): ClusterRows {
  let rows = 0;
  let firstRow = -1;
  for (const frame of source.frames()) {
    if (firstRow < 0) firstRow = frame.firstRow;
    rows += splitRows(source.split, frame.firstRow, frame.rows).length;
    progress(0, problem.rows);
  }
  const design = allocateRows(layout, rows);
  const offsets = new Uint32Array(new SharedArrayBuffer(4 * rows));
  let at = 0;
  for (const frame of source.frames()) {
    const picked = splitRows(source.split, frame.firstRow, frame.rows);
    writeRows(layout, frame, picked, design, at);
    for (const i of picked) offsets[at++] = frame.firstRow + i - firstRow;
    progress(at, rows);
  }
  return { design, firstRow, offsets };
}

/** Some records in a sum: `count` of them, from number `from` on. */
export interface Records {
  readonly numbers: Float64Array;
  readonly from: number;
  readonly count: number;
}

/** The records at the end of a sum. */
export function recordsIn(sum: Float64Array, from: number, count: number): Records {
  return { numbers: sum, from, count };
}

/** Writes a row as a record. @param numbers of the row, scaled or not, at `numbersAt` */
export function writeRecord(
  { numbers: width, layout, record }: Shape,
  key: number,
  rows: ClusterRows,
  i: number,
  numbers: Float64Array,
  numbersAt: number,
  out: Float64Array,
  index: number,
): void {
  const at = index * record;
  out[at] = key;
  out[at + 1] = rows.firstRow + rows.offsets[i]!;
  for (let d = 0; d < width; d++) out[at + 2 + d] = numbers[numbersAt + d]!;
  const codes = at + 2 + width;
  for (let c = 0; c < layout.codes; c++) {
    out[codes + c] = rows.design.codes[i * layout.codes + c]!;
  }
}

/**
 * The first `most` of two sorted lists, sorted by key and then by row.
 * @param order 1 for ascending keys, -1 for descending ones
 */
export function mergeRecords(
  { record }: Shape,
  a: Records,
  b: Records,
  most: number,
  order: 1 | -1,
): Float64Array {
  const out = new Float64Array(Math.min(most, a.count + b.count) * record);
  let [i, j] = [0, 0];
  for (let to = 0; to < out.length; to += record) {
    const left = a.from + i * record;
    const right = b.from + j * record;
    const first =
      j >= b.count || (i < a.count && precedes(a.numbers, left, b.numbers, right, order));
    if (first) i++;
    else j++;
    const from = first ? left : right;
    out.set((first ? a.numbers : b.numbers).subarray(from, from + record), to);
  }
  return out;
}

function precedes(a: Float64Array, i: number, b: Float64Array, j: number, order: 1 | -1): boolean {
  if (a[i] !== b[j]) return (a[i]! - b[j]!) * order < 0;
  return a[i + 1]! < b[j + 1]!;
}

/** What two records share when their rows are equal: numbers and levels, missing ones too. */
export function contentOf({ record }: Shape, numbers: Float64Array, at: number): string {
  return numbers.subarray(at + 2, at + record).join();
}
