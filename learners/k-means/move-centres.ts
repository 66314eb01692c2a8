/**
 * A round of Lloyd's algorithm: every row counts for its nearest centre, centres move to the mean.
 *
 * A sum is `[1, rows, inertia, wanted, far, counts, sums, records]`; records are the rows farthest
 * from their centres, as many as clusters were empty in the round before, and take their place. Law:
 * numbers add along the tree, far rows merge by distance and then by row, and are cut.
 */
import { scaleRows } from '../encoding/scaling.ts';
import type { Progress } from '../learner.ts';
import {
  type ClusterRows,
  contentOf,
  mergeRecords,
  type Records,
  recordsIn,
  writeRecord,
} from './cluster-rows.ts';
import type { ClusterState } from './cluster-state.ts';
import type { Shape } from './k-means-params.ts';
import { assign, layOut } from './nearest-centre.ts';
import { centreAt } from './start.ts';

const HEAD = 5;
const BLOCK_ROWS = 128;

export interface ClusterSum {
  readonly rows: number;
  /** Sum of squared distances of the rows from their nearest centres. */
  readonly inertia: number;
  readonly wanted: number;
  readonly counts: Float64Array;
  /** Sums of the rows of each cluster: `k x width`. */
  readonly sums: Float64Array;
  /** Keyed by squared distance, descending. */
  readonly far: Records;
}

export function readSum({ k, layout }: Shape, sum: Float64Array): ClusterSum {
  const sumsAt = HEAD + k;
  const recordsAt = sumsAt + k * layout.width;
  return {
    rows: sum[1]!,
    inertia: sum[2]!,
    wanted: sum[3]!,
    counts: sum.subarray(HEAD, sumsAt),
    sums: sum.subarray(sumsAt, recordsAt),
    far: recordsIn(sum, recordsAt, sum[4]!),
  };
}

export function sumRows(
  shape: Shape,
  state: ClusterState,
  rows: ClusterRows,
  progress: Progress,
): Float64Array {
  const { k, layout, numbers } = shape;
  const { design } = rows;
  const sum = new Float64Array(HEAD + k + k * layout.width);
  const { counts, sums } = readSum(shape, sum);
  const centres = layOut(shape, state.centres);
  const x = new Float64Array(BLOCK_ROWS * numbers);
  const labels = new Int32Array(BLOCK_ROWS);
  const distances = new Float64Array(BLOCK_ROWS);
  const far = new FarRows(shape, rows, state.wanted);
  let inertia = 0;
  for (let first = 0; first < design.rows; first += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, design.rows - first);
    scaleRows(design, state.scaling, null, first, count, x);
    assign(centres, x, design.codes, first * layout.codes, count, labels, distances);
    for (let i = 0; i < count; i++) {
      const label = labels[i]!;
      inertia += distances[i]!;
      counts[label]!++;
      const to = label * layout.width;
      for (let d = 0; d < numbers; d++) sums[to + d]! += x[i * numbers + d]!;
      for (let c = (first + i) * layout.codes, end = c + layout.codes; c < end; c++) {
        const column = design.codes[c]!;
        if (column < layout.width) sums[to + column]!++;
      }
      if (state.wanted > 0) far.offer(distances[i]!, first + i, x, i * numbers);
    }
    progress(first + count, design.rows);
  }
  sum.set([1, design.rows, inertia, state.wanted]);
  return withRecords(shape, sum, far.kept);
}

export function combineSums(shape: Shape, left: Float64Array, right: Float64Array): Float64Array {
  const a = readSum(shape, left);
  const b = readSum(shape, right);
  const fixed = HEAD + shape.k + shape.k * shape.layout.width;
  const sum = new Float64Array(fixed);
  for (let i = 0; i < fixed; i++) sum[i] = left[i]! + right[i]!;
  sum[0] = 1;
  sum[3] = a.wanted;
  return withRecords(shape, sum, mergeRecords(shape, a.far, b.far, a.wanted, -1));
}

function withRecords(shape: Shape, fixed: Float64Array, records: Float64Array): Float64Array {
  fixed[4] = records.length / shape.record;
  if (records.length === 0) return fixed;
  const sum = new Float64Array(fixed.length + records.length);
  sum.set(fixed);
  sum.set(records, fixed.length);
  return sum;
}

/** The rows of a slice that lie farthest from their centres, by distance and then by row. */
class FarRows {
  private readonly shape: Shape;
  private readonly rows: ClusterRows;
  private readonly wanted: number;
  kept: Float64Array;

  constructor(shape: Shape, rows: ClusterRows, wanted: number) {
    this.shape = shape;
    this.rows = rows;
    this.wanted = wanted;
    this.kept = new Float64Array(0);
  }

  offer(distance: number, row: number, x: Float64Array, xAt: number): void {
    const { shape, kept } = this;
    const count = kept.length / shape.record;
    // Rows come in ascending order: one that is only as far as the last of a full list is behind it.
    if (count === this.wanted && distance <= kept[kept.length - shape.record]!) return;
    const record = new Float64Array(shape.record);
    writeRecord(shape, distance, this.rows, row, x, xAt, record, 0);
    const one = recordsIn(record, 0, 1);
    this.kept = mergeRecords(shape, recordsIn(kept, 0, count), one, this.wanted, -1);
  }
}

/** How the centres moved. */
export interface Move {
  /** Squared distance that all centres moved, together. */
  readonly shift: number;
  /** Clusters without a row. */
  readonly empty: number;
  /** Empty clusters that took the place of a far row. */
  readonly filled: number;
}

/** Writes the new centres; an empty cluster takes a far row's place, or stays where it is. */
export function moveCentres(
  shape: Shape,
  before: Float64Array,
  { counts, sums, far }: ClusterSum,
  after: Float64Array,
): Move {
  const { width } = shape.layout;
  const places = distinctPlaces(shape, far);
  let [empty, filled, shift] = [0, 0, 0];
  for (let c = 0; c < shape.k; c++) {
    const from = c * width;
    if (counts[c]! > 0) {
      for (let i = from; i < from + width; i++) after[i] = sums[i]! / counts[c]!;
    } else {
      const place = places[empty++];
      if (place === undefined) after.set(before.subarray(from, from + width), from);
      else {
        centreAt(shape, far.numbers, place, after, c);
        filled++;
      }
    }
    for (let i = from; i < from + width; i++) {
      const moved = after[i]! - before[i]!;
      shift += moved * moved;
    }
  }
  return { shift, empty, filled };
}

/** Where the records of far rows begin, without those that are on a centre or equal to another. */
function distinctPlaces(shape: Shape, far: Records): number[] {
  const seen = new Set<string>();
  const places: number[] = [];
  for (let n = 0; n < far.count; n++) {
    const at = far.from + n * shape.record;
    if (far.numbers[at] === 0) break;
    const content = contentOf(shape, far.numbers, at);
    if (seen.has(content)) continue;
    seen.add(content);
    places.push(at);
  }
  return places;
}
