/**
 * Split search for several classes: the twin of `gini-of-classes.ts`, without class weights.
 *
 * Sums of squares are whole numbers, exact in any order; scores are computed as the twin does. Small
 * nodes sort their rows by bin; others count by bin and class, four classes at a time.
 */
import { beginDraw, drawUpTo } from './forest-random';
import {
  classes,
  drawn,
  features,
  featuresPerNode,
  keepSplit,
  LOCAL_ROWS,
  left,
  minLeaf,
  missingCode,
  noSplit,
  pitch,
  tables,
  totals,
} from './forest-state';

// Tables: marks of touched bins, places of bins in the sorted order, sorted rows, occupied bins;
// then by class: the node's draws, those left of the split, those of the best; then by bin and class.
const MARKS: usize = 0;
const SLOTS: usize = 64;
const SORTED: usize = SLOTS + 1024;
const BINS: usize = SORTED + 4096 + 64;
const BY_CLASS: usize = BINS + 1024 + 64;

/** Classes to a whole number of four, in bytes. */
let span: usize = 16;
let sortRows: i32 = 16;
let best: f64 = 0;
let n: i32 = 0;
let squares: i64 = 0;
let from: usize = 0;
let rows: i32 = 0;
let pointed: bool = false;

export function beginTreeOfClasses(): void {
  span = ((<usize>classes + 3) >> 2) << 4;
  sortRows = min(LOCAL_ROWS, max(16, 16 * classes));
}

/** Packs the class and the draws of a row in its word. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function sealClass(word: usize, weight: i32): void {
  store<i32>(word, (load<i32>(word) << 8) | weight);
}

export function searchClasses(start: usize, count: i32, pointers: bool, seed: u32): void {
  from = start;
  rows = count;
  pointed = pointers;
  noSplit();
  best = -Infinity;
  n = 0;
  squares = 0;
  for (let c: usize = 0; c < <usize>classes; c++) {
    const draws = <i32>load<f64>(totals + (c << 3));
    store<i32>(tables + BY_CLASS + (c << 2), draws);
    n += draws;
    squares += <i64>draws * <i64>draws;
  }
  for (let at = (<usize>classes) << 2; at < span; at += 4) store<i32>(tables + BY_CLASS + at, 0);
  beginDraw(seed);
  drawUpTo(featuresPerNode);
  let varied = look(0, featuresPerNode);
  for (let next = featuresPerNode; varied == 0 && next < features; next++) {
    drawUpTo(next + 1);
    varied = look(next, next + 1);
  }
}

function look(first: i32, last: i32): i32 {
  let varied = 0;
  // No later candidate beats a split that leaves both children pure, whose score is n.
  for (let i = first; i < last && best < <f64>n; i++) {
    const feature = load<i32>(drawn + ((<usize>i) << 2));
    if (pointed ? constant(feature, true) : constant(feature, false)) continue;
    varied++;
    if (pointed && rows <= sortRows) scanSorted(feature);
    else {
      if (pointed) count(feature, true);
      else count(feature, false);
      scanCounted(feature, listBins());
    }
  }
  return varied;
}

/** Whether all rows of the node have one code; cheap where they have not, and often so deep down. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function constant(feature: i32, pointers: bool): bool {
  const cell = <usize>feature;
  const step = pointers ? <usize>4 : <usize>pitch;
  const end = from + <usize>rows * step;
  const first = load<u8>((pointers ? <usize>load<u32>(from) : from) + cell);
  for (let at = from + step; at < end; at += step) {
    if (load<u8>((pointers ? <usize>load<u32>(at) : at) + cell) != first) return false;
  }
  return true;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function mark(bin: usize): void {
  const at = tables + MARKS + ((bin >> 6) << 3);
  store<u64>(at, load<u64>(at) | ((<u64>1) << (<u64>bin)));
}

/** Sorts the rows of a small node by bin: bin, class and draws in one word each. */
function sort(feature: i32): void {
  const cell = <usize>feature;
  const tail = <usize>(pitch - 4);
  const slots = tables + SLOTS;
  const end = from + ((<usize>rows) << 2);
  for (let at = from; at < end; at += 4) {
    const bin = <usize>load<u8>(<usize>load<u32>(at) + cell);
    const slot = slots + (bin << 2);
    store<u32>(slot, load<u32>(slot) + 4);
    mark(bin);
  }
  let next = tables + SORTED;
  for (let w: usize = 0; w < 4; w++) {
    let bits = load<u64>(tables + MARKS + (w << 3));
    store<u64>(tables + MARKS + (w << 3), 0);
    while (bits != 0) {
      const slot = slots + (((w << 6) + <usize>ctz<u64>(bits)) << 2);
      bits &= bits - 1;
      const bytes = load<u32>(slot);
      store<u32>(slot, <u32>next);
      next += bytes;
    }
  }
  for (let at = from; at < end; at += 4) {
    const row = <usize>load<u32>(at);
    const bin = <usize>load<u8>(row + cell);
    const slot = slots + (bin << 2);
    const to = <usize>load<u32>(slot);
    store<u32>(to, ((<u32>bin) << 18) | load<u32>(row + tail));
    store<u32>(slot, <u32>(to + 4));
  }
  for (let at = tables + SORTED; at < next; at += 4) {
    store<u32>(slots + ((<usize>(load<u32>(at) >> 18)) << 2), 0);
  }
}

function scanSorted(feature: i32): void {
  sort(feature);
  const missing = <u32>missingCode(feature);
  let values = rows;
  while (values > 0 && binAt(values - 1) == missing) values--;
  scanRows(feature, values, false);
  if (values < rows) scanRows(feature, values, true);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function binAt(i: i32): u32 {
  return load<u32>(tables + SORTED + ((<usize>i) << 2)) >> 18;
}

/** @param values rows with a value; those up to `rows`, with missing ones, stand on one side */
function scanRows(feature: i32, values: i32, missingLeft: bool): void {
  const all = tables + BY_CLASS;
  const mine = all + span;
  for (let at: usize = 0; at < span; at += 16) v128.store(mine + at, i32x4.splat(0));
  const seen = values < rows;
  const last = seen && !missingLeft ? values : values - 1;
  let nL = 0;
  let squaresL: i64 = 0;
  let squaresR = squares;
  let found = -1;
  let toLeft = false;
  for (let k = missingLeft ? values - rows : 0; k < last; k++) {
    // The missing rows come first when they stand left.
    const i = k < 0 ? rows + k : k;
    const tag = load<u32>(tables + SORTED + ((<usize>i) << 2));
    const c = (<usize>((tag >> 8) & 1023)) << 2;
    const weight = <i64>(tag & 255);
    const had = load<i32>(mine + c);
    squaresL += weight * (2 * <i64>had + weight);
    squaresR -= weight * (2 * <i64>(load<i32>(all + c) - had) - weight);
    store<i32>(mine + c, had + <i32>weight);
    nL += <i32>weight;
    if (k < 0 || (i + 1 < values && binAt(i + 1) == tag >> 18)) continue;
    const nR = n - nL;
    if (nL < minLeaf || nR < minLeaf) continue;
    const score = scoreOf(squaresL, nL, squaresR, nR);
    if (score <= best) continue;
    best = score;
    toLeft = seen ? missingLeft : nL > nR;
    found = i;
  }
  if (found < 0) return;
  keepSplit(feature, <i32>binAt(found), <i32>binAt(found + 1), toLeft);
  for (let c: usize = 0; c < <usize>classes; c++) store<f64>(left + (c << 3), 0);
  for (let i = 0; i <= found; i++) addLeft(i);
  if (missingLeft) for (let i = values; i < rows; i++) addLeft(i);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function scoreOf(squaresL: i64, nL: i32, squaresR: i64, nR: i32): f64 {
  const sums = f64x2.replace_lane(f64x2.splat(<f64>squaresL), 1, <f64>squaresR);
  const draws = f64x2.replace_lane(f64x2.splat(<f64>nL), 1, <f64>nR);
  const parts = f64x2.div(sums, draws);
  return f64x2.extract_lane(parts, 0) + f64x2.extract_lane(parts, 1);
}

function addLeft(i: i32): void {
  const tag = load<u32>(tables + SORTED + ((<usize>i) << 2));
  const to = left + ((<usize>((tag >> 8) & 1023)) << 3);
  store<f64>(to, load<f64>(to) + <f64>(tag & 255));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function countAt(bin: usize): usize {
  return tables + BY_CLASS + 3 * span + bin * span;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function count(feature: i32, pointers: bool): void {
  const cell = <usize>feature;
  const tail = <usize>(pitch - 4);
  const step = pointers ? <usize>4 : <usize>pitch;
  const end = from + <usize>rows * step;
  const base = countAt(0);
  const bytes = span;
  for (let at = from; at < end; at += step) {
    const row = pointers ? <usize>load<u32>(at) : at;
    const bin = <usize>load<u8>(row + cell);
    const word = load<u32>(row + tail);
    const to = base + bin * bytes + ((<usize>(word >> 8)) << 2);
    store<i32>(to, load<i32>(to) + <i32>(word & 255));
    mark(bin);
  }
}

function listBins(): i32 {
  let to = tables + BINS;
  for (let w: usize = 0; w < 4; w++) {
    let bits = load<u64>(tables + MARKS + (w << 3));
    store<u64>(tables + MARKS + (w << 3), 0);
    while (bits != 0) {
      store<i32>(to, <i32>((w << 6) + <usize>ctz<u64>(bits)));
      bits &= bits - 1;
      to += 4;
    }
  }
  return <i32>((to - tables - BINS) >> 2);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function listed(i: i32): usize {
  return <usize>load<i32>(tables + BINS + ((<usize>i) << 2));
}

function scanCounted(feature: i32, bins: i32): void {
  const missing = <usize>missingCode(feature);
  if (listed(bins - 1) != missing) scanBins(feature, bins, -1, -1);
  else {
    scanBins(feature, bins - 1, -1, <i32>missing);
    if (bins > 2) scanBins(feature, bins - 1, bins - 1, -1);
  }
  for (let i = 0; i < bins; i++) {
    const counts = countAt(listed(i));
    for (let at: usize = 0; at < span; at += 16) v128.store(counts + at, i32x4.splat(0));
  }
}

/**
 * @param before position of the missing bin when it stands left of all values, else -1
 * @param after code of missing when it stands right, so that all values may go left; else -1
 */
function scanBins(feature: i32, values: i32, before: i32, after: i32): void {
  const all = tables + BY_CLASS;
  const mine = all + span;
  const kept = mine + span;
  for (let at: usize = 0; at < span; at += 16) v128.store(mine + at, i32x4.splat(0));
  const last = after < 0 ? values - 1 : values;
  // Squares left, and the draws there times those of the node.
  let own = i64x2.splat(0);
  let both = i64x2.splat(0);
  let draws = i32x4.splat(0);
  let found = -1;
  let foundDraws = 0;
  for (let i = before < 0 ? 0 : -1; i < last; i++) {
    const counts = countAt(listed(i < 0 ? before : i));
    for (let at: usize = 0; at < span; at += 16) {
      const c = v128.load(counts + at);
      const had = v128.load(mine + at);
      const now = i32x4.add(had, c);
      const reach = i32x4.add(had, now);
      const node = v128.load(all + at);
      own = i64x2.add(own, i64x2.extmul_low_i32x4_s(c, reach));
      own = i64x2.add(own, i64x2.extmul_high_i32x4_s(c, reach));
      both = i64x2.add(both, i64x2.extmul_low_i32x4_s(c, node));
      both = i64x2.add(both, i64x2.extmul_high_i32x4_s(c, node));
      draws = i32x4.add(draws, c);
      v128.store(mine + at, now);
    }
    const nL =
      i32x4.extract_lane(draws, 0) +
      i32x4.extract_lane(draws, 1) +
      i32x4.extract_lane(draws, 2) +
      i32x4.extract_lane(draws, 3);
    const nR = n - nL;
    if (i < 0 || nL < minLeaf) continue;
    if (nR < minLeaf) break;
    const squaresL = i64x2.extract_lane(own, 0) + i64x2.extract_lane(own, 1);
    const shared = i64x2.extract_lane(both, 0) + i64x2.extract_lane(both, 1);
    const score = scoreOf(squaresL, nL, squares - 2 * shared + squaresL, nR);
    if (score <= best) continue;
    best = score;
    found = i;
    foundDraws = nL;
    for (let at: usize = 0; at < span; at += 16) v128.store(kept + at, v128.load(mine + at));
  }
  if (found < 0) return;
  const high = found + 1 < values ? <i32>listed(found + 1) : after;
  // A node that saw no missing value sends them, at prediction, where most of its draws went.
  const toLeft = before >= 0 || (after < 0 && foundDraws > n - foundDraws);
  keepSplit(feature, <i32>listed(found), high, toLeft);
  for (let c: usize = 0; c < <usize>classes; c++) {
    store<f64>(left + (c << 3), <f64>load<i32>(kept + (c << 2)));
  }
}
