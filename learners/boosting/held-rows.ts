/**
 * What a holder keeps of its slice: bins, margins, and while trees grow, each row's node and
 * quantised gradient. A function of the round's state and the slice alone.
 *
 * Rows lie in `order` grouped by node, those that the tree is grown on before all others; splits are
 * stable, so the order within a node is that of the rows, whichever way the holder came there.
 */
import { type ColumnBins, writeBins } from '../../datasets/quantile-bins.ts';
import { type BinTree, decodeTrees, FEATURE, goesLeft, LEAF, placesOf, walk } from './bin-tree.ts';
import type { BoostedRows } from './boosted-rows.ts';
import { type BoostingState, decodeBins, HEAD, PHASE } from './boosting-state.ts';
import type { BoostingTask } from './boosting-task.ts';
import { bagOf, fillGradients } from './gradients.ts';

/** Places of a node in `spans`: rows that the tree is grown on, and others. */
export const SPAN = { from: 0, count: 1, otherFrom: 2, otherCount: 3, length: 4 } as const;

export interface HeldRows {
  /** Rows by features, row-major; missing is the last bin of a feature. */
  readonly bins: Uint8Array;
  /** Code of missing of each feature. */
  readonly missing: Uint16Array;
  /** Outputs by rows, as all that follows. */
  readonly margins: Float64Array;
  readonly order: Int32Array;
  readonly spans: Int32Array;
  readonly words: Int32Array;
  readonly gradients: Int32Array;
  /** Empty where every row counts the same. */
  readonly hessians: Int32Array;
}

/** Bytes of a row in `HeldRows`. */
export function heldRowBytes({ features, outputs }: BoostingTask): number {
  return features.length + outputs * (8 + 4 + 4 + 4 + 4);
}

/** Bytes beside the rows. */
export function heldBytes({ features, outputs, nodesMax }: BoostingTask): number {
  return 2 * features.length + 4 * SPAN.length * outputs * nodesMax + 1024;
}

/** From the rows and the state alone; null while the bins are not known. */
export function rebuildRows(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
): HeldRows | null {
  if (state.bins.length === 0) return null;
  const held = newRows(task, state, rows);
  const { outputs } = task;
  for (const bytes of [state.trees, state.latest]) {
    decodeTrees(bytes).forEach((tree, t) => {
      const places = placesOf(tree);
      const from = (t % outputs) * rows.rows;
      const stride = task.features.length;
      for (let row = 0; row < rows.rows; row++) {
        const leaf = walk(tree, places, held.bins, row * stride, held.missing);
        held.margins[from + row]! += tree.values[places[leaf]!]!;
      }
    });
  }
  if (state.head[HEAD.phase] === PHASE.measure) return held;
  beginTrees(task, state, rows, held);
  splitFresh(task, state, held, 1);
  return held;
}

/** From the rows as they were one round earlier. */
export function evolveRows(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  before: HeldRows | null,
): HeldRows | null {
  if (before === null) return rebuildRows(task, state, rows);
  const phase = state.head[HEAD.phase];
  const anew = phase === PHASE.level && state.head[HEAD.level] === 0;
  if (anew || phase === PHASE.measure) addLatest(task, state, rows, before);
  if (anew) beginTrees(task, state, rows, before);
  else if (phase === PHASE.level || phase === PHASE.leaves) splitFresh(task, state, before, null);
  return before;
}

function newRows(task: BoostingTask, state: BoostingState, rows: BoostedRows): HeldRows {
  const { features, outputs, nodesMax, quanta } = task;
  const columns = decodeBins(state.bins);
  const cells = outputs * rows.rows;
  const words = (count: number) => new Int32Array(new SharedArrayBuffer(4 * count));
  const missing = new Uint16Array(new SharedArrayBuffer(2 * features.length));
  columns.forEach((column, f) => {
    missing[f] = column.count;
  });
  const held: HeldRows = {
    bins: new Uint8Array(new SharedArrayBuffer(rows.rows * features.length)),
    missing,
    margins: new Float64Array(new SharedArrayBuffer(8 * cells)),
    order: words(cells),
    spans: words(SPAN.length * outputs * nodesMax),
    words: words(cells),
    gradients: words(cells),
    hessians: words(quanta.hessian === 1 ? 0 : cells),
  };
  columns.forEach((column, f) => {
    binColumn(column, rows, f, features.length, held.bins);
  });
  state.base.forEach((margin, k) => {
    held.margins.fill(margin, k * rows.rows, (k + 1) * rows.rows);
  });
  return held;
}

/** Rows binned at a time: their list of positions stays small. */
const BINNED_AT_ONCE = 4096;

function binColumn(
  column: ColumnBins,
  rows: BoostedRows,
  feature: number,
  stride: number,
  out: Uint8Array,
): void {
  const values = rows.columns[feature]!;
  if (values instanceof Int32Array) {
    const { edges, count } = column;
    for (let row = 0, at = feature; row < rows.rows; row++, at += stride) {
      const code = values[row]!;
      out[at] = code < 0 ? count : binOfLevel(edges, count, code);
    }
    return;
  }
  const picked = new Int32Array(Math.min(BINNED_AT_ONCE, rows.rows));
  for (let from = 0; from < rows.rows; from += picked.length) {
    const count = Math.min(picked.length, rows.rows - from);
    for (let i = 0; i < count; i++) picked[i] = from + i;
    const some = picked.subarray(0, count);
    writeBins(column, values, some, out, from * stride + feature, stride);
  }
}

/** As `writeBins`, for one level. */
function binOfLevel(edges: Float64Array, count: number, code: number): number {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (code > edges[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds what the last step's trees say; the rows still lie at their leaves. */
function addLatest(
  { outputs, nodesMax }: BoostingTask,
  { latest }: BoostingState,
  rows: BoostedRows,
  { margins, order, spans }: HeldRows,
): void {
  const trees = decodeTrees(latest);
  for (let k = 0; k < outputs; k++) {
    const { feature, values } = trees[k]!;
    const from = k * rows.rows;
    let leaf = 0;
    for (let node = 0; node < feature.length; node++) {
      if (feature[node] !== LEAF) continue;
      const value = values[leaf++]!;
      const span = SPAN.length * (k * nodesMax + node);
      for (const part of [SPAN.from, SPAN.otherFrom]) {
        const start = from + spans[span + part]!;
        const end = start + spans[span + part + 1]!;
        for (let i = start; i < end; i++) margins[from + order[i]!]! += value;
      }
    }
  }
}

/** All rows at the roots, with gradients at the margins as they are now. */
function beginTrees(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows,
): void {
  const { outputs, nodesMax } = task;
  const bag = bagOf(task, state, rows);
  let first = 0;
  for (let row = 0; row < rows.trained; row++) if (bag[row] === 1) held.order[first++] = row;
  let other = first;
  for (let row = 0; row < rows.rows; row++) {
    if (row >= rows.trained || bag[row] === 0) held.order[other++] = row;
  }
  held.spans.fill(0);
  for (let k = 0; k < outputs; k++) {
    if (k > 0) held.order.copyWithin(k * rows.rows, 0, rows.rows);
    held.spans.set([0, first, first, other - first], SPAN.length * k * nodesMax);
  }
  fillGradients(task, state, rows, held);
}

/** Moves rows from split nodes to their children. @param from first child; null: the fresh ones */
function splitFresh(
  { outputs, nodesMax, features }: BoostingTask,
  state: BoostingState,
  held: HeldRows,
  from: number | null,
): void {
  const rows = held.order.length / outputs;
  const table = new Uint8Array(256);
  const scratch = new Int32Array(rows);
  for (let k = 0; k < outputs; k++) {
    const tree = state.growing[k]!;
    const places = placesOf(tree);
    const order = held.order.subarray(k * rows, (k + 1) * rows);
    const spans = held.spans.subarray(SPAN.length * k * nodesMax);
    for (let node = 0; node < tree.feature.length; node++) {
      const left = tree.left[node]!;
      if (left < Math.max(1, from ?? tree.fresh)) continue;
      const feature = tree.feature[node]! & FEATURE;
      fillTable(tree, places[node]!, node, held.missing[feature]!, table);
      for (const part of [SPAN.from, SPAN.otherFrom]) {
        const at = SPAN.length * node + part;
        const start = spans[at]!;
        const count = spans[at + 1]!;
        const stride = features.length;
        const lefts = partition(order, start, count, held.bins, feature, stride, table, scratch);
        const to = SPAN.length * left + part;
        spans[to] = start;
        spans[to + 1] = lefts;
        spans[to + SPAN.length] = start + lefts;
        spans[to + SPAN.length + 1] = count - lefts;
      }
    }
  }
}

/** 1 for every bin that goes left at this node. */
function fillTable(
  tree: BinTree,
  set: number,
  node: number,
  missing: number,
  table: Uint8Array,
): void {
  const code = tree.feature[node]!;
  const cut = tree.cut[node]!;
  for (let bin = 0; bin <= missing; bin++) {
    table[bin] = Number(goesLeft(code, cut, tree.sets, set, bin, missing));
  }
}

/** Stable; returns how many went left. */
function partition(
  order: Int32Array,
  start: number,
  count: number,
  bins: Uint8Array,
  feature: number,
  stride: number,
  table: Uint8Array,
  scratch: Int32Array,
): number {
  let left = start;
  let right = 0;
  for (let i = start; i < start + count; i++) {
    const row = order[i]!;
    const goes = table[bins[row * stride + feature]!]!;
    // Written to both sides, kept on one: which way is next to random.
    order[left] = row;
    scratch[right] = row;
    left += goes;
    right += 1 - goes;
  }
  order.set(scratch.subarray(0, right), left);
  return left - start;
}
