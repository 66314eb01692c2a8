/**
 * Split search of extra-trees, for classes and for numbers: the twin of `random-cuts.ts`, without
 * class weights. Sums are whole numbers; cuts and scores are computed as the twin computes them.
 */
import { beginDraw, drawUpTo, hash32 } from './forest-random';
import {
  classes,
  drawn,
  features,
  featuresPerNode,
  keepSplit,
  left,
  lower,
  minLeaf,
  missingCode,
  noSplit,
  pitch,
  tables,
  totals,
  width,
} from './forest-state';

/** Keys the cuts of a node. */
const CUT: u32 = 3;

let key: u32 = 0;
let best: f64 = 0;
let mean: f64 = 0;
let from: usize = 0;
let end: usize = 0;
let step: usize = 4;
let pointed: bool = false;

export function searchCuts(start: usize, count: i32, pointers: bool, seed: u32): void {
  from = start;
  pointed = pointers;
  step = pointers ? 4 : <usize>pitch;
  end = start + <usize>count * step;
  key = seed;
  best = -Infinity;
  noSplit();
  if (classes == 0) {
    if (sameTargets()) return;
    mean = floor(load<f64>(totals, 8) / load<f64>(totals) + 0.5);
  }
  beginDraw(seed);
  drawUpTo(featuresPerNode);
  let varied = 0;
  for (let i = 0; i < featuresPerNode; i++) varied += lookAt(i);
  for (let next = featuresPerNode; varied == 0 && next < features; next++) {
    drawUpTo(next + 1);
    varied = lookAt(next);
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function lookAt(i: i32): i32 {
  const feature = load<i32>(drawn + ((<usize>i) << 2));
  return pointed ? cut(feature, true) : cut(feature, false);
}

function sameTargets(): bool {
  const tail = <usize>(pitch - 8);
  const first = load<i32>((pointed ? <usize>load<u32>(from) : from) + tail);
  for (let at = from + step; at < end; at += step) {
    if (load<i32>((pointed ? <usize>load<u32>(at) : at) + tail) != first) return false;
  }
  return true;
}

/** Tries the feature's cut; 0 when the feature is constant, else 1. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function cut(feature: i32, pointers: bool): i32 {
  const cell = <usize>feature;
  const bytes = pointers ? <usize>4 : <usize>pitch;
  const none = missingCode(feature);
  let low = 256;
  let high = -1;
  let seen = 0;
  for (let at = from; at < end; at += bytes) {
    const bin = <i32>load<u8>((pointers ? <usize>load<u32>(at) : at) + cell);
    const missing = i32(bin == none);
    seen |= missing;
    low = select<i32>(bin, low, bin < low);
    // Missing is the highest code, so it may stand for the lowest bin only where there is no other.
    high = select<i32>(bin, high, bin > high && missing == 0);
  }
  if (high < 0 || (low == high && seen == 0)) return 0;
  const place = low == high ? low : cutAt(feature, low, high);
  for (let at: usize = 0; at < 2 * ((<usize>width) << 3); at += 8) store<f64>(tables + at, 0);
  const sums = tables;
  const absent = tables + ((<usize>width) << 3);
  let below = low;
  let above = high;
  for (let at = from; at < end; at += bytes) {
    const row = pointers ? <usize>load<u32>(at) : at;
    const bin = <i32>load<u8>(row + cell);
    if (bin == none) addRow(absent, row);
    else if (bin <= place) {
      addRow(sums, row);
      below = max(below, bin);
    } else above = min(above, bin);
  }
  if (low == high) {
    keepIfBest(feature, low, none, 0);
    return 1;
  }
  keepIfBest(feature, below, above, seen ? 0 : 2);
  if (seen == 0) return 1;
  for (let at: usize = 0; at < (<usize>width) << 3; at += 8) {
    store<f64>(sums + at, load<f64>(sums + at) + load<f64>(absent + at));
  }
  keepIfBest(feature, below, above, 1);
  return 1;
}

/** The last bin that goes left, at a value taken at random; as `cutAt` of the twin. */
function cutAt(feature: i32, low: i32, high: i32): i32 {
  const values = lower + ((<usize>feature) << 11);
  const share = <f64>hash32(key, CUT, feature) / 4294967296.0;
  const least = load<f64>(values + ((<usize>low) << 3));
  const value = least + share * (load<f64>(values + ((<usize>high) << 3)) - least);
  let first = low;
  let last = high - 1;
  while (first < last) {
    const middle = (first + last + 1) >> 1;
    if (load<f64>(values + ((<usize>middle) << 3)) <= value) first = middle;
    else last = middle - 1;
  }
  return first;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addRow(sums: usize, row: usize): void {
  const tail = row + <usize>(pitch - 4);
  const word = load<i32>(tail);
  if (classes == 0) {
    store<f64>(sums, load<f64>(sums) + <f64>word);
    store<f64>(sums, load<f64>(sums, 8) + <f64>word * <f64>load<i32>(tail - 4), 8);
    return;
  }
  const to = sums + ((<usize>(word >> 8)) << 3);
  store<f64>(to, load<f64>(to) + <f64>(word & 255));
}

function drawsOf(sums: usize): f64 {
  if (classes == 0) return load<f64>(sums);
  let draws: f64 = 0;
  for (let at: usize = 0; at < (<usize>width) << 3; at += 8) draws += load<f64>(sums + at);
  return draws;
}

/**
 * Keeps the split whose left totals are in the first table, if it is the best so far.
 *
 * @param missing 0 right, 1 left, 2 where most draws went
 */
function keepIfBest(feature: i32, low: i32, high: i32, missing: i32): void {
  const nL = drawsOf(tables);
  const nR = drawsOf(totals) - nL;
  if (nL < <f64>minLeaf || nR < <f64>minLeaf) return;
  const score = classes == 0 ? scoreOfNumbers(nL, nR) : scoreOfClasses(nL, nR);
  if (score <= best) return;
  best = score;
  keepSplit(feature, low, high, missing == 2 ? nL > nR : missing == 1);
  for (let at: usize = 0; at < (<usize>width) << 3; at += 8) {
    store<f64>(left + at, load<f64>(tables + at));
  }
}

function scoreOfNumbers(nL: f64, nR: f64): f64 {
  const tL = load<f64>(tables, 8);
  const sL = tL - nL * mean;
  const sR = load<f64>(totals, 8) - tL - nR * mean;
  return (sL * sL) / nL + (sR * sR) / nR;
}

function scoreOfClasses(nL: f64, nR: f64): f64 {
  let squaresL: f64 = 0;
  let squaresR: f64 = 0;
  for (let at: usize = 0; at < (<usize>width) << 3; at += 8) {
    const l = load<f64>(tables + at);
    const r = load<f64>(totals + at) - l;
    squaresL += l * l;
    squaresR += r * r;
  }
  return squaresL / nL + squaresR / nR;
}
