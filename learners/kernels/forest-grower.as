/**
 * Grows a tree of a random forest, depth first: the twin of `tree-grower.ts`.
 *
 * The rows of the bag lie in one of two arenas; a split moves a node's rows from the one to the
 * other, left ones up from its start and right ones down from its end, so every node's rows stand
 * together. Small nodes permute pointers instead. Sums are integers: no order of rows shows.
 */
import { beginTreeOfClasses, sealClass, searchClasses } from './forest-classes';
import { searchCuts } from './forest-cuts';
import { drawBag, mix32, placeDraw } from './forest-random';
import {
  bestFeature,
  bestHigh,
  bestLow,
  bestMissingLeft,
  classes,
  LOCAL_ROWS,
  left,
  maxDepth,
  minSplit,
  missingCode,
  orders,
  pitch,
  placeState,
  randomCuts,
  shape,
  totals,
  width,
} from './forest-state';
import { beginTreeOfTwo, sealTwo, searchTwo } from './forest-two';
import { sealVariance, searchVariance } from './forest-variance';

const LEAF: u32 = 0xffff;
const MISSING_LEFT: u32 = 0x8000;

// Where the rows of a stacked node are.
const MOVED: i32 = 0;
const POINTED: i32 = 2;
const CLOSED: i32 = 4;

/** A stacked node: where, first, end, depth, seed, one unused; then its totals. */
const FRAME: usize = 24;

/** Counts of the rows not yet fed, from the first. */
let bag: usize = 0;
/** Where rows are fed. */
let stage: usize = 0;
/** The arenas, and bytes from the one to the other. */
let arena: usize = 0;
let apart: usize = 0;
let filled: usize = 0;
/** The stack, and its top. */
let stack: usize = 0;
let top: usize = 0;
/** Nodes written: features, low and high bins; totals of leaves. */
let outFeature: usize = 0;
let outLow: usize = 0;
let outHigh: usize = 0;
let outLeaves: usize = 0;
let nodes: i32 = 0;
let leaves: i32 = 0;

export function configure(
  classCount: i32,
  featureCount: i32,
  rowBytes: i32,
  perNode: i32,
  depth: i32,
  leafDraws: i32,
  splitDraws: i32,
  cuts: i32,
): void {
  shape(classCount, featureCount, rowBytes, perNode, depth, leafDraws, splitDraws, cuts);
}

export function place(
  binCountsAt: usize,
  drawnAt: usize,
  tablesAt: usize,
  ordersAt: usize,
  totalsAt: usize,
  outAt: usize,
  outNodes: i32,
  bagAt: usize,
  stageAt: usize,
  lowerAt: usize,
): void {
  placeState(binCountsAt, drawnAt, tablesAt, ordersAt, totalsAt, lowerAt);
  placeDraw();
  memory.fill(tablesAt, 0, ordersAt - tablesAt);
  outFeature = outAt;
  outLow = outAt + <usize>outNodes * 2;
  outHigh = outLow + <usize>outNodes;
  outLeaves = outHigh + <usize>outNodes;
  bag = bagAt;
  stage = stageAt;
}

/** Draws the bag (or takes every row once) and returns how many rows are in it. */
export function draw(seed: u32, rows: i32, bootstrap: i32): i32 {
  if (bootstrap) drawBag(seed, bag, rows);
  else memory.fill(bag, 1, rows);
  let inBag = 0;
  for (let row = 0; row < rows; row++) inBag += i32(load<u8>(bag + <usize>row) != 0);
  return inBag;
}

/** Begins a tree whose bag holds so many rows: two arenas from `at`, then the stack. */
export function begin(at: usize, inBag: i32): void {
  arena = at;
  apart = <usize>inBag * <usize>pitch;
  stack = at + 2 * apart;
  top = stack;
  filled = arena;
  for (let k = 0; k < width; k++) store<f64>(totals + ((<usize>k) << 3), 0);
  beginTreeOfTwo();
  beginTreeOfClasses();
}

/** Takes in the staged rows, `stride` bytes each, the first of which is row `first`. */
export function feed(first: i32, count: i32, stride: i32): void {
  let from = stage;
  for (let row = first; row < first + count; row++, from += stride) {
    const weight = <i32>load<u8>(bag + <usize>row);
    if (weight == 0) continue;
    const to = filled;
    filled += pitch;
    // Cells first; bytes read beyond them are never looked at.
    for (let b: usize = 0; b < <usize>pitch; b += 16) v128.store(to + b, v128.load(from + b));
    const word = to + <usize>(pitch - 4);
    if (classes == 0) {
      const target = load<i32>(from + <usize>(stride - 8));
      sealVariance(word, target, weight);
      addTo(totals, <f64>weight);
      addTo(totals + 8, <f64>weight * <f64>target);
      continue;
    }
    const code = load<i32>(from + <usize>(stride - 4));
    store<i32>(word, code);
    addTo(totals + ((<usize>code) << 3), <f64>weight);
    if (classes == 2 && !randomCuts) sealTwo(word, weight);
    else sealClass(word, weight);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addTo(sum: usize, value: f64): void {
  store<f64>(sum, load<f64>(sum) + value);
}

/** Puts the root on the stack. */
export function root(seed: u32): void {
  push(MOVED, arena, filled, 0, seed, totals);
}

/** Numbers written by the last `grow`. */
export function written(): i32 {
  return nodes;
}

export function leavesWritten(): i32 {
  return leaves;
}

/** Grows on until so many nodes are written, or a few more; false when the tree is done. */
export function grow(most: i32): bool {
  nodes = 0;
  leaves = 0;
  while (top > stack && nodes < most) {
    top -= FRAME + ((<usize>width) << 3);
    copyTotals(totals, top + FRAME);
    const where = load<i32>(top);
    if (where == CLOSED) writeLeaf(totals);
    else descend(where, load<u32>(top, 4), load<u32>(top, 8), load<i32>(top, 12), most);
  }
  return top > stack;
}

function push(where: i32, start: usize, end: usize, depth: i32, seed: u32, sums: usize): void {
  const bytes = FRAME + ((<usize>width) << 3);
  if (top + bytes > (<usize>memory.size()) << 16) memory.grow(16 + <i32>(bytes >> 16));
  store<i32>(top, where);
  store<u32>(top, start, 4);
  store<u32>(top, end, 8);
  store<i32>(top, depth, 12);
  store<u32>(top, seed, 16);
  copyTotals(top + FRAME, sums);
  top += bytes;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function copyTotals(to: usize, from: usize): void {
  for (let k: usize = 0; k < (<usize>width) << 3; k += 8) store<f64>(to + k, load<f64>(from + k));
}

/** Grows a node, then one child after the other, as long as only one of them is open. */
function descend(place: i32, first: usize, last: usize, level: i32, most: i32): void {
  let where = place;
  let start = first;
  let end = last;
  let depth = level;
  let seed = load<u32>(top, 16);
  while (true) {
    if (isClosed(totals, depth)) return writeLeaf(totals);
    if (where < POINTED && end - start <= <usize>LOCAL_ROWS * <usize>pitch) {
      end = point(start, end);
      start = orders;
      where = POINTED;
    }
    const pointed = where >= POINTED;
    const rows = <i32>(pointed ? (end - start) >> 2 : (end - start) / <usize>pitch);
    if (rows < 2) return writeLeaf(totals);
    search(start, rows, pointed, seed);
    if (bestFeature < 0) return writeLeaf(totals);
    writeInner();
    depth++;
    takeLeft();
    const leftClosed = isClosed(left, depth);
    const rightClosed = isClosed(totals, depth);
    const leftSeed = mix32(seed ^ 0x02e5be93);
    seed = mix32(seed ^ 0x68bc21eb);
    if (leftClosed && rightClosed) {
      writeLeaf(left);
      return writeLeaf(totals);
    }
    const middle = part(where, start, end);
    const shift = turn(where);
    where ^= 1;
    if (leftClosed) {
      writeLeaf(left);
      start = middle + shift;
      end += shift;
      if (nodes < most) continue;
      return push(where, start, end, depth, seed, totals);
    }
    if (rightClosed) push(CLOSED, 0, 0, depth, seed, totals);
    else push(where, middle + shift, end + shift, depth, seed, totals);
    copyTotals(totals, left);
    start += shift;
    end = middle + shift;
    seed = leftSeed;
    if (nodes < most) continue;
    return push(where, start, end, depth, seed, totals);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function search(start: usize, rows: i32, pointed: bool, seed: u32): void {
  if (randomCuts) searchCuts(start, rows, pointed, seed);
  else if (classes == 2) searchTwo(start, rows, pointed, seed);
  else if (classes == 0) searchVariance(start, rows, pointed, seed);
  else searchClasses(start, rows, pointed, seed);
}

/** Bytes from where a node's rows are to where its children's will be. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function turn(where: i32): usize {
  const bytes = where >= POINTED ? (<usize>LOCAL_ROWS) << 2 : apart;
  return where & 1 ? 0 - bytes : bytes;
}

/** Whether a node with these totals is not to be split. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isClosed(sums: usize, depth: i32): bool {
  if (depth >= maxDepth) return true;
  // Whether targets differ cannot be told from their sum; the search looks at the rows.
  if (classes == 0) return load<f64>(sums) < <f64>minSplit;
  if (classes > 2) return isPure(sums);
  const a = load<f64>(sums);
  const b = load<f64>(sums, 8);
  return a == 0 || b == 0 || a + b < <f64>minSplit;
}

/** Whether fewer than two of several classes are present, or too few draws. */
function isPure(sums: usize): bool {
  let present = 0;
  let draws: f64 = 0;
  for (let at = sums; at < sums + ((<usize>width) << 3); at += 8) {
    const count = load<f64>(at);
    present += i32(count > 0);
    draws += count;
  }
  return present < 2 || draws < <f64>minSplit;
}

/** Leaves in `totals` what the right child has. */
function takeLeft(): void {
  for (let k: usize = 0; k < (<usize>width) << 3; k += 8) {
    store<f64>(totals + k, load<f64>(totals + k) - load<f64>(left + k));
  }
}

/** Lists pointers to the rows of a node; returns the list's end. */
function point(start: usize, end: usize): usize {
  let to = orders;
  for (let row = start; row < end; row += pitch, to += 4) store<u32>(to, row);
  return to;
}

/** Moves the rows of a split node to where its children's are; returns where the right ones begin. */
function part(where: i32, start: usize, end: usize): usize {
  const cell = <usize>bestFeature;
  const low = bestLow;
  const also = bestMissingLeft ? missingCode(bestFeature) : -1;
  const shift = turn(where);
  if (where >= POINTED) return partPointers(start, end, shift, cell, low, also);
  if (pitch == 32) return partRows(start, end, shift, cell, low, also, 32);
  if (pitch == 16) return partRows(start, end, shift, cell, low, also, 16);
  return partRows(start, end, shift, cell, low, also, <usize>pitch);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function partRows(
  start: usize,
  end: usize,
  shift: usize,
  cell: usize,
  low: i32,
  also: i32,
  bytes: usize,
): usize {
  let toLeft = start + shift;
  let toRight = end + shift - bytes;
  for (let row = start; row < end; row += bytes) {
    const bin = <i32>load<u8>(row + cell);
    const goes = <usize>(i32(bin <= low) | i32(bin == also));
    // Written to both sides; the one it does not belong to is written over by the next.
    if (bytes == 32) {
      const a = v128.load(row);
      const b = v128.load(row, 16);
      v128.store(toLeft, a);
      v128.store(toLeft, b, 16);
      v128.store(toRight, a);
      v128.store(toRight, b, 16);
    } else {
      for (let b: usize = 0; b < bytes; b += 16) {
        const cells = v128.load(row + b);
        v128.store(toLeft + b, cells);
        v128.store(toRight + b, cells);
      }
    }
    toLeft += bytes & (0 - goes);
    toRight -= bytes & (goes - 1);
  }
  return toLeft - shift;
}

function partPointers(
  start: usize,
  end: usize,
  shift: usize,
  cell: usize,
  low: i32,
  also: i32,
): usize {
  let toLeft = start + shift;
  let toRight = end + shift - 4;
  for (let at = start; at < end; at += 4) {
    const row = load<u32>(at);
    const bin = <i32>load<u8>(<usize>row + cell);
    const goes = <usize>(i32(bin <= low) | i32(bin == also));
    store<u32>(toLeft, row);
    store<u32>(toRight, row);
    toLeft += goes << 2;
    toRight -= (goes ^ 1) << 2;
  }
  return toLeft - shift;
}

function writeInner(): void {
  const at = <usize>nodes;
  store<u16>(outFeature + (at << 1), bestFeature | (bestMissingLeft ? MISSING_LEFT : 0));
  store<u8>(outLow + at, bestLow);
  store<u8>(outHigh + at, bestHigh);
  nodes++;
}

function writeLeaf(sums: usize): void {
  const at = <usize>nodes;
  store<u16>(outFeature + (at << 1), LEAF);
  store<u8>(outLow + at, 0);
  store<u8>(outHigh + at, 0);
  nodes++;
  const bytes = (<usize>width) << 3;
  copyTotals(outLeaves + <usize>leaves * bytes, sums);
  leaves++;
}
