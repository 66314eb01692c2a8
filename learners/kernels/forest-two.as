/**
 * Split search for two classes: the twin of `gini-of-two.ts`.
 *
 * Counts are packed, draws in the low half and second-class draws in the high half of a word. The
 * scan rates four cuts at a time in single precision; those about as good as the best are then
 * compared, in their order, as the twin compares them. A cut left out is worse than one looked at by
 * more than rounding, so it could not have won: the same cut wins in both.
 */
import { beginDraw, drawUpTo } from './forest-random';
import {
  drawn,
  featuresPerNode,
  features,
  GROUP,
  keepSplit,
  left,
  minLeaf,
  missingCode,
  noSplit,
  pitch,
  tables,
  totals,
} from './forest-state';

/** Nodes up to this size note which bins they touch. */
const MARK_ROWS: i32 = 96;
const HALF: u32 = 0xffff;

// Tables: packed counts of a group, then draws and second-class draws where they spill, then the
// occupied bins of one feature and their words.
const PACKED: usize = 0;
const DRAWS: usize = 5 * 1024;
const SECONDS: usize = 10 * 1024;
const BINS: usize = 15 * 1024;
const WORDS: usize = 16 * 1024 + 64;
const SUMS: usize = 17 * 1024 + 128;
const RATIOS: usize = 18 * 1024 + 192;
const MARKS: usize = 19 * 1024 + 256;

/** Single precision errs by less than a fifth of what this takes away. */
const NEARLY: f32 = 0.999998;

/** The heaviest row of the tree. */
let weightMax: i32 = 1;
let n: i32 = 0;
let p: i32 = 0;
/** Score of the best split so far, as a fraction. */
let num: f64 = -1;
let den: f64 = 1;
let foundSum: u32 = 0;
/** Rows of the node: contiguous rows, or pointers to them. */
let from: usize = 0;
let rows: i32 = 0;
let pointed: bool = false;

export function beginTreeOfTwo(): void {
  weightMax = 1;
}

/** Packs the draws and the class of a row in its word. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function sealTwo(word: usize, weight: i32): void {
  if (weight > weightMax) weightMax = weight;
  store<i32>(word, weight | (load<i32>(word) * (weight << 16)));
}

/** Finds the node's best split; its totals lie at `totals`. */
export function searchTwo(start: usize, count: i32, pointers: bool, seed: u32): void {
  from = start;
  rows = count;
  pointed = pointers;
  p = <i32>load<f64>(totals, 8);
  n = <i32>load<f64>(totals) + p;
  num = -1;
  den = 1;
  noSplit();
  beginDraw(seed);
  drawUpTo(featuresPerNode);
  let found = look(0, featuresPerNode);
  for (let next = featuresPerNode; found == 0 && next < features; next++) {
    drawUpTo(next + 1);
    found = look(next, next + 1);
  }
}

function look(first: i32, last: i32): i32 {
  let found = 0;
  if (pointed && rows <= MARK_ROWS) {
    for (let i = first; i < last && !perfect(); i++) found += lookMarked(drawnAt(i));
    return found;
  }
  for (let i = first; i < last && !perfect(); i += GROUP) {
    const group = min(GROUP, last - i);
    count(i, group);
    for (let k = 0; k < group; k++) {
      const table = tables + PACKED + ((<usize>k) << 10);
      if (!perfect()) {
        const feature = drawnAt(i + k);
        if (n > <i32>HALF) found += scanWide(feature, (<usize>k) << 10);
        else found += scanPacked(feature, table);
      } else {
        clear(table);
      }
    }
  }
  return found;
}

function clear(table: usize): void {
  for (let at: usize = 0; at < 1024; at += 16) v128.store(table + at, i32x4.splat(0));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function drawnAt(i: i32): i32 {
  return load<i32>(drawn + ((<usize>i) << 2));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function perfect(): bool {
  return num >= <f64>p * <f64>(n - p) * den;
}

/** A node of few rows: counts, and lists the bins that were touched. */
function lookMarked(feature: i32): i32 {
  const packed = tables + PACKED;
  const marks = tables + MARKS;
  const tail = <usize>(pitch - 4);
  const cell = <usize>feature;
  const end = from + ((<usize>rows) << 2);
  for (let at = from; at < end; at += 4) {
    const row = <usize>load<u32>(at);
    const bin = <usize>load<u8>(row + cell);
    const to = packed + (bin << 2);
    store<u32>(to, load<u32>(to) + load<u32>(row + tail));
    const mark = marks + ((bin >> 6) << 3);
    store<u64>(mark, load<u64>(mark) | ((<u64>1) << (<u64>bin)));
  }
  const bins = tables + BINS;
  const words = tables + WORDS;
  let to: usize = 0;
  for (let w: usize = 0; w < 4; w++) {
    let bits = load<u64>(marks + (w << 3));
    while (bits != 0) {
      const bin = (w << 6) + <usize>ctz<u64>(bits);
      bits &= bits - 1;
      const counted = packed + (bin << 2);
      store<u32>(bins + to, <u32>bin);
      store<u32>(words + to, load<u32>(counted));
      store<u32>(counted, 0);
      to += 4;
    }
  }
  v128.store(marks, i32x4.splat(0));
  v128.store(marks, i32x4.splat(0), 16);
  if (to < 8) return 0;
  const missing = missingCode(feature);
  const seen = load<i32>(bins + to - 4) == missing;
  const size = seen ? to - 4 : to;
  const word = seen ? load<u32>(words + size) : 0;
  // The scan reads on to a whole group of four: what follows must be empty.
  v128.store(words + size, i32x4.splat(0));
  store<i32>(bins + size, missing);
  let found = scanFresh(words, size);
  if (found >= 0) keepListed(feature, <usize>found, 0, word);
  if (!seen) return 1;
  found = scanAgain(size, word);
  if (found >= 0) keepListed(feature, <usize>found, word, 0);
  return 1;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function keepListed(feature: i32, offset: usize, before: u32, after: u32): void {
  const bin = tables + BINS + offset;
  keep(feature, load<i32>(bin), load<i32>(bin, 4), before, after);
}

/** Counts the features of a group. */
function count(first: i32, group: i32): void {
  const step = pointed ? <usize>4 : <usize>pitch;
  const end = from + <usize>rows * step;
  if (n <= <i32>HALF) {
    countRows(first, group, from, end);
    return;
  }
  // So many rows cannot overflow half a word.
  const most = <usize>(<i32>HALF / weightMax) * step;
  const draws = tables + DRAWS;
  const seconds = tables + SECONDS;
  memory.fill(draws, 0, 5 * 1024);
  memory.fill(seconds, 0, 5 * 1024);
  const low = i32x4.splat(<i32>HALF);
  for (let at = from; at < end; at += most) {
    countRows(first, group, at, min(at + most, end));
    const bytes = (<usize>group) << 10;
    for (let b: usize = 0; b < bytes; b += 16) {
      const word = v128.load(tables + PACKED + b);
      v128.store(tables + PACKED + b, i32x4.splat(0));
      const d = i32x4.add(v128.load(draws + b), v128.and(word, low));
      v128.store(draws + b, d);
      v128.store(seconds + b, i32x4.add(v128.load(seconds + b), i32x4.shr_u(word, 16)));
    }
  }
}

function countRows(first: i32, group: i32, begin: usize, end: usize): void {
  if (group == 5) {
    if (pointed) countFivePointed(first, begin, end);
    else countFiveMoved(first, begin, end);
    return;
  }
  for (let k = 0; k < group; k++) countOne(drawnAt(first + k), (<usize>k) << 10, begin, end);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function add(bin: usize, word: u32, table: usize, base: usize): void {
  const to = base + (bin << 2) + table;
  store<u32>(to, load<u32>(to) + word);
}

function countFivePointed(first: i32, begin: usize, end: usize): void {
  countFive(first, begin, end, true);
}

function countFiveMoved(first: i32, begin: usize, end: usize): void {
  countFive(first, begin, end, false);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function countFive(first: i32, begin: usize, end: usize, isPointed: bool): void {
  const base = tables + PACKED;
  const a = <usize>drawnAt(first);
  const b = <usize>drawnAt(first + 1);
  const c = <usize>drawnAt(first + 2);
  const d = <usize>drawnAt(first + 3);
  const e = <usize>drawnAt(first + 4);
  const tail = <usize>(pitch - 4);
  const step = isPointed ? <usize>4 : <usize>pitch;
  for (let at = begin; at < end; at += step) {
    const row = isPointed ? <usize>load<u32>(at) : at;
    const word = load<u32>(row + tail);
    add(<usize>load<u8>(row + a), word, 0, base);
    add(<usize>load<u8>(row + b), word, 1024, base);
    add(<usize>load<u8>(row + c), word, 2048, base);
    add(<usize>load<u8>(row + d), word, 3072, base);
    add(<usize>load<u8>(row + e), word, 4096, base);
  }
}

function countOne(feature: i32, table: usize, begin: usize, end: usize): void {
  const base = tables + PACKED + table;
  const a = <usize>feature;
  const tail = <usize>(pitch - 4);
  const isPointed = pointed;
  const step = isPointed ? <usize>4 : <usize>pitch;
  for (let at = begin; at < end; at += step) {
    const row = isPointed ? <usize>load<u32>(at) : at;
    add(<usize>load<u8>(row + a), load<u32>(row + tail), 0, base);
  }
}

/** Tries all cuts of a feature whose bins are counted at `table`; 0 when it is constant, else 1. */
function scanPacked(feature: i32, table: usize): i32 {
  const size = (<usize>missingCode(feature)) << 2;
  const word = load<u32>(table + size);
  // The scan reads on over the missing bin: it stands aside until both ways are tried.
  store<u32>(table + size, 0);
  let found = scanFresh(table, size);
  if (found >= 0) keepPacked(feature, <usize>found, size, 0, word);
  if (word == 0) return i32(varied);
  found = scanAgain(size, word);
  if (found >= 0) keepPacked(feature, <usize>found, size, word, 0);
  return i32(varied);
}

/** The bin above a cut is the next whose sum is another. */
function keepPacked(feature: i32, found: usize, size: usize, before: u32, after: u32): void {
  const sums = tables + SUMS;
  const sum = load<u32>(sums + found);
  let next = found + 4;
  while (next < size && load<u32>(sums + next) == sum) next += 4;
  keep(feature, <i32>(found >> 2), <i32>(next >> 2), before, after);
}

/** Whether the last fresh scan met a cut with draws on both sides. */
let varied: bool = false;

/**
 * Finds the best place to cut `size` bytes of words, if it beats the best split so far; its offset,
 * or -1. The words are cleared; their sums stay for `scanAgain`. Words beyond, to a whole group of
 * four, are empty: cuts there repeat a score, and never win.
 */
function scanFresh(words: usize, size: usize): i32 {
  return scan(words, size, 0, true);
}

/** The same once more, with packed counts that stand left of the first word. */
function scanAgain(size: usize, before: u32): i32 {
  return scan(0, size, before, false);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function scan(words: usize, size: usize, before: u32, fresh: bool): i32 {
  const sums = tables + SUMS;
  const ratios = tables + RATIOS;
  const zero = i32x4.splat(0);
  const low = i32x4.splat(<i32>HALF);
  const ns = i32x4.splat(n);
  const ps = i32x4.splat(p);
  const shift = i32x4.splat(before);
  const least = i32x4.splat(minLeaf);
  const bar = barOf();
  let carry = zero;
  let sizes = zero;
  let best = f32x4.splat(bar);
  for (let at: usize = 0; at < size; at += 16) {
    let sum: v128;
    if (fresh) {
      sum = v128.load(words + at);
      v128.store(words + at, zero);
      sum = i32x4.add(sum, v128.shuffle<i32>(zero, sum, 0, 4, 5, 6));
      sum = i32x4.add(sum, v128.shuffle<i32>(zero, sum, 0, 1, 4, 5));
      sum = i32x4.add(sum, carry);
      carry = v128.shuffle<i32>(sum, sum, 3, 3, 3, 3);
      v128.store(sums + at, sum);
    } else {
      sum = i32x4.add(v128.load(sums + at), shift);
    }
    const nL = v128.and(sum, low);
    const nR = i32x4.sub(ns, nL);
    // Less than 2^30 in size, whatever the two products overflow to.
    const d = i32x4.sub(i32x4.mul(i32x4.shr_u(sum, 16), ns), i32x4.mul(ps, nL));
    const score = f32x4.convert_i32x4_s(d);
    const sides = i32x4.mul(nL, nR);
    if (fresh) sizes = v128.or(sizes, sides);
    let ratio = f32x4.div(f32x4.mul(score, score), f32x4.convert_i32x4_s(sides));
    if (minLeaf > 1) {
      const short = v128.or(i32x4.lt_s(nL, least), i32x4.lt_s(nR, least));
      ratio = v128.or(ratio, short);
    }
    v128.store(ratios + at, ratio);
    // Keeps the first where the other is NaN, as where a side is empty.
    best = f32x4.pmax(best, ratio);
  }
  if (fresh) varied = v128.any_true(sizes);
  if (!v128.any_true(f32x4.gt(best, f32x4.splat(bar)))) return -1;
  best = f32x4.pmax(best, v128.shuffle<i32>(best, best, 2, 3, 0, 1));
  best = f32x4.pmax(best, v128.shuffle<i32>(best, best, 1, 0, 3, 2));
  return pick(size, shift, f32x4.mul(best, f32x4.splat(NEARLY)));
}

/** Compares, one after the other, the cuts whose score is about the highest. */
function pick(size: usize, shift: v128, floor: v128): i32 {
  let found = -1;
  for (let at: usize = 0; at < size; at += 16) {
    if (!v128.any_true(f32x4.ge(v128.load(tables + RATIOS + at), floor))) continue;
    const better = weigh(i32x4.add(v128.load(tables + SUMS + at), shift));
    if (better >= 0) found = <i32>at + (better << 2);
  }
  return found;
}

/** What a score must exceed to be worth a look: the best so far, less what rounding may take. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function barOf(): f32 {
  return num < 0 ? -1 : <f32>(num / den) * NEARLY;
}

/** Compares four cuts, one after the other, with the best; the last that won, or -1. */
function weigh(sums: v128): i32 {
  let won = -1;
  if (weighOne(<u32>i32x4.extract_lane(sums, 0))) won = 0;
  if (weighOne(<u32>i32x4.extract_lane(sums, 1))) won = 1;
  if (weighOne(<u32>i32x4.extract_lane(sums, 2))) won = 2;
  if (weighOne(<u32>i32x4.extract_lane(sums, 3))) won = 3;
  return won;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function weighOne(sum: u32): bool {
  const nL = <i32>(sum & HALF);
  const nR = n - nL;
  if (nL < minLeaf || nR < minLeaf) return false;
  const d = <f64>(sum >> 16) * <f64>n - <f64>p * <f64>nL;
  const hereNum = d * d;
  const hereDen = <f64>nL * <f64>nR;
  if (hereNum * den <= num * hereDen) return false;
  num = hereNum;
  den = hereDen;
  foundSum = sum;
  return true;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function keep(feature: i32, low: i32, high: i32, before: u32, after: u32): void {
  const nL = <i32>(foundSum & HALF);
  keepCounts(feature, low, high, nL, <i32>(foundSum >> 16), before, after);
}

/** A node that saw no missing value sends them, at prediction, where most of its draws went. */
function keepCounts(
  feature: i32,
  low: i32,
  high: i32,
  nL: i32,
  pL: i32,
  before: u32,
  after: u32,
): void {
  keepSplit(feature, low, high, (before | after) != 0 ? before != 0 : nL > n - nL);
  store<f64>(left, <f64>(nL - pL));
  store<f64>(left, <f64>pL, 8);
}

/** As `scanPacked`, for a node with more draws than half a word holds. */
function scanWide(feature: i32, table: usize): i32 {
  const draws = tables + DRAWS + table;
  const missing = draws + ((<usize>missingCode(feature)) << 2);
  let occupied = 0;
  for (let at = draws; at <= missing; at += 4) occupied += i32(load<i32>(at) != 0);
  if (occupied < 2) return 0;
  scanWideFrom(feature, draws, missing, false);
  if (load<i32>(missing) != 0) scanWideFrom(feature, draws, missing, true);
  return 1;
}

function scanWideFrom(feature: i32, draws: usize, end: usize, missingLeft: bool): void {
  const seconds = SECONDS - DRAWS;
  const missing = load<i32>(end);
  let nL = missingLeft ? missing : 0;
  let pL = missingLeft ? load<i32>(end + seconds) : 0;
  for (let at = draws; at < end; at += 4) {
    nL += load<i32>(at);
    pL += load<i32>(at + seconds);
    const nR = n - nL;
    if (nL < minLeaf || nR < minLeaf) continue;
    const d = <f64>pL * <f64>n - <f64>p * <f64>nL;
    if (d * d * den <= num * (<f64>nL * <f64>nR)) continue;
    num = d * d;
    den = <f64>nL * <f64>nR;
    let next = at + 4;
    while (next < end && load<i32>(next) == 0) next += 4;
    const low = <i32>((at - draws) >> 2);
    const high = <i32>((next - draws) >> 2);
    const before: u32 = missing != 0 && missingLeft ? 1 : 0;
    const after: u32 = missing != 0 && !missingLeft ? 1 : 0;
    keepCounts(feature, low, high, nL, pL, before, after);
  }
}
