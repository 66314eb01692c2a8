/**
 * Split search for regression by variance: the twin of `variance-search.ts`.
 *
 * A row adds the pair (draws, draws times target from the node's rounded mean) to its bin; both are
 * whole numbers in float64 and sums are exact. Scores are computed as the twin computes them.
 */
import { beginDraw, drawUpTo } from './forest-random';
import {
  bestFeature,
  drawn,
  features,
  featuresPerNode,
  keepSplit,
  left,
  minLeaf,
  missingCode,
  noSplit,
  pitch,
  tables,
  totals,
} from './forest-state';

// Tables: pairs of all bins, marks of touched bins, then occupied bins of one feature and their
// pairs, then the pairs of the rows of a small node.
const SUMS: usize = 0;
const MARKS: usize = 4096;
const BINS: usize = 4096 + 64;
const PAIRS: usize = BINS + 1024 + 64;
const ROWS: usize = PAIRS + 4096 + 64;

let best: f64 = 0;
let n: f64 = 0;
let mean: i32 = 0;
/** Sum of the node's targets less the rounded mean. */
let rest: f64 = 0;
let from: usize = 0;
let rows: i32 = 0;
let pointed: bool = false;

/** Keeps target and draws of a row in its last two words. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function sealVariance(word: usize, target: i32, weight: i32): void {
  store<i32>(word - 4, target);
  store<i32>(word, weight);
}

export function searchVariance(start: usize, count: i32, pointers: bool, seed: u32): void {
  from = start;
  rows = count;
  pointed = pointers;
  noSplit();
  if (sameTargets()) return;
  n = load<f64>(totals);
  const middle = floor(load<f64>(totals, 8) / n + 0.5);
  mean = <i32>middle;
  rest = load<f64>(totals, 8) - n * middle;
  best = -Infinity;
  if (pointed) pairRows();
  beginDraw(seed);
  drawUpTo(featuresPerNode);
  let varied = look(0, featuresPerNode);
  for (let next = featuresPerNode; varied == 0 && next < features; next++) {
    drawUpTo(next + 1);
    varied = look(next, next + 1);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function rowAt(at: usize): usize {
  return pointed ? <usize>load<u32>(at) : at;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function step(): usize {
  return pointed ? 4 : <usize>pitch;
}

function sameTargets(): bool {
  const tail = <usize>(pitch - 8);
  const first = load<i32>(rowAt(from) + tail);
  const end = from + <usize>rows * step();
  for (let at = from + step(); at < end; at += step()) {
    if (load<i32>(rowAt(at) + tail) != first) return false;
  }
  return true;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function pairOf(row: usize): v128 {
  const tail = row + <usize>(pitch - 8);
  const weight = <f64>load<i32>(tail, 4);
  const sum = weight * <f64>(load<i32>(tail) - mean);
  return f64x2.replace_lane(f64x2.splat(weight), 1, sum);
}

function pairRows(): void {
  let to = tables + ROWS;
  const end = from + ((<usize>rows) << 2);
  for (let at = from; at < end; at += 4, to += 16) v128.store(to, pairOf(<usize>load<u32>(at)));
}

function look(first: i32, last: i32): i32 {
  let varied = 0;
  // Two rows can be parted in one way only.
  for (let i = first; i < last && (rows > 2 || bestFeature < 0); i++) {
    const feature = load<i32>(drawn + ((<usize>i) << 2));
    if (pointed) sumPointed(feature);
    else sumMoved(feature);
    varied += scan(feature, list());
  }
  return varied;
}

function sumPointed(feature: i32): void {
  const sums = tables + SUMS;
  const marks = tables + MARKS;
  const cell = <usize>feature;
  const end = from + ((<usize>rows) << 2);
  let pair = tables + ROWS;
  for (let at = from; at < end; at += 4, pair += 16) {
    const bin = <usize>load<u8>(<usize>load<u32>(at) + cell);
    const to = sums + (bin << 4);
    v128.store(to, f64x2.add(v128.load(to), v128.load(pair)));
    const mark = marks + ((bin >> 6) << 3);
    store<u64>(mark, load<u64>(mark) | ((<u64>1) << (<u64>bin)));
  }
}

/** A large node touches most bins: those that it does not hold no draws. */
function sumMoved(feature: i32): void {
  const sums = tables + SUMS;
  const cell = <usize>feature;
  const bytes = <usize>pitch;
  const end = from + <usize>rows * bytes;
  for (let row = from; row < end; row += bytes) {
    const to = sums + ((<usize>load<u8>(row + cell)) << 4);
    v128.store(to, f64x2.add(v128.load(to), pairOf(row)));
  }
  for (let bin: usize = 0; bin < 256; bin++) {
    if (load<f64>(sums + (bin << 4)) == 0) continue;
    const mark = tables + MARKS + ((bin >> 6) << 3);
    store<u64>(mark, load<u64>(mark) | ((<u64>1) << (<u64>bin)));
  }
}

/** Lists the touched bins, rising, with their pairs, and clears them; returns how many they are. */
function list(): i32 {
  const sums = tables + SUMS;
  let m: usize = 0;
  for (let w: usize = 0; w < 4; w++) {
    let bits = load<u64>(tables + MARKS + (w << 3));
    while (bits != 0) {
      const bin = (w << 6) + <usize>ctz<u64>(bits);
      bits &= bits - 1;
      store<i32>(tables + BINS + (m << 2), <i32>bin);
      v128.store(tables + PAIRS + (m << 4), v128.load(sums + (bin << 4)));
      v128.store(sums + (bin << 4), i64x2.splat(0));
      m++;
    }
    store<u64>(tables + MARKS + (w << 3), 0);
  }
  return <i32>m;
}

/** Tries all splits between the listed bins; 0 when the feature is constant, else 1. */
function scan(feature: i32, bins: i32): i32 {
  if (bins < 2) return 0;
  const missing = missingCode(feature);
  if (load<i32>(tables + BINS + ((<usize>(bins - 1)) << 2)) != missing) {
    scanFrom(feature, bins, -1, -1);
    return 1;
  }
  scanFrom(feature, bins - 1, -1, missing);
  if (bins > 2) scanFrom(feature, bins - 1, bins - 1, -1);
  return 1;
}

/**
 * @param before position of the missing bin when it stands left of all values, else -1
 * @param after code of missing when it stands right, so that all values may go left; else -1
 */
function scanFrom(feature: i32, values: i32, before: i32, after: i32): void {
  const pairs = tables + PAIRS;
  const last = after < 0 ? values - 1 : values;
  const all = f64x2.replace_lane(f64x2.splat(n), 1, rest);
  const least = <f64>minLeaf;
  let here = before < 0 ? f64x2.splat(0) : v128.load(pairs + ((<usize>before) << 4));
  let found = -1;
  let foundPair = here;
  for (let i = 0; i < last; i++) {
    here = f64x2.add(here, v128.load(pairs + ((<usize>i) << 4)));
    const there = f64x2.sub(all, here);
    if (f64x2.extract_lane(here, 0) < least) continue;
    if (f64x2.extract_lane(there, 0) < least) break;
    const draws = v128.shuffle<i64>(here, there, 0, 2);
    const sums = v128.shuffle<i64>(here, there, 1, 3);
    const parts = f64x2.div(f64x2.mul(sums, sums), draws);
    const score = f64x2.extract_lane(parts, 0) + f64x2.extract_lane(parts, 1);
    if (score <= best) continue;
    best = score;
    found = i;
    foundPair = here;
  }
  if (found < 0) return;
  const bins = tables + BINS + ((<usize>found) << 2);
  const nL = f64x2.extract_lane(foundPair, 0);
  const high = found + 1 < values ? load<i32>(bins, 4) : after;
  // A node that saw no missing value sends them, at prediction, where most of its draws went.
  keepSplit(feature, load<i32>(bins), high, before >= 0 || (after < 0 && nL > n - nL));
  store<f64>(left, nL);
  store<f64>(left, f64x2.extract_lane(foundPair, 1) + nL * <f64>mean, 8);
}
