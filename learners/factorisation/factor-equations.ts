/**
 * The normal equations of one side: for each user (or item) with ratings, sums over its ratings.
 *
 * A sum is `[phase, ratings, squared error, levels, level..., equations...]`, the levels ascending;
 * equations are the number of ratings, the packed lower triangle of sum z z', and sum z t, where z is
 * 1 and the other side's factors, and t what is left of the scaled rating. Law: levels of both are
 * merged, equations of a level in both are added.
 */
import type { Progress } from '../learner.ts';
import type { Shape } from './factor-params.ts';
import { type FactorState, PHASE } from './factor-state.ts';
import type { RatingRows, Ratings } from './rating-rows.ts';

const HEAD = 4;
const LEVELS_A_REPORT = 1024;

export interface Equations {
  readonly ratings: number;
  /** Sum of squared errors of the scaled ratings, before anything is solved. */
  readonly squares: number;
  readonly levels: Float64Array;
  /** `levels x payload`. */
  readonly equations: Float64Array;
}

export function readEquations(sum: Float64Array): Equations {
  const at = HEAD + sum[3]!;
  return {
    ratings: sum[1]!,
    squares: sum[2]!,
    levels: sum.subarray(HEAD, at),
    equations: sum.subarray(at),
  };
}

function newEquations(shape: Shape, phase: number, levels: number): Float64Array {
  const sum = new Float64Array(HEAD + levels * (1 + shape.payload));
  sum[0] = phase;
  sum[3] = levels;
  return sum;
}

/** The equations of a slice's ratings for the side whose turn it is. */
export function sumEquations(
  shape: Shape,
  state: FactorState,
  rows: RatingRows,
  progress: Progress,
): Float64Array {
  const users = state.phase === PHASE.users;
  const ratings = users ? rows.byUser : rows.byItem;
  const own = users ? state.users : state.items;
  const others = users ? state.items : state.users;
  const sum = newEquations(shape, state.phase, ratings.levels.length);
  const { levels, equations } = readEquations(sum);
  sum[1] = rows.rows;
  for (let n = 0; n < levels.length; n++) {
    levels[n] = ratings.levels[n]!;
    sum[2]! += addRatings(shape, state, ratings, n, own, others, equations, n * shape.payload);
    if (n % LEVELS_A_REPORT === 0) progress(n, levels.length);
  }
  progress(levels.length, levels.length);
  return sum;
}

/** Adds the ratings of one level; returns its squared error. */
function addRatings(
  { width, payload }: Shape,
  { mean, scale }: FactorState,
  ratings: Ratings,
  n: number,
  own: Float64Array,
  others: Float64Array,
  out: Float64Array,
  at: number,
): number {
  const side = at + payload - width;
  const self = ratings.levels[n]! * width;
  let squares = 0;
  for (let i = ratings.starts[n]!; i < ratings.starts[n + 1]!; i++) {
    const z = ratings.others[i]! * width;
    const left = (ratings.values[i]! - mean) / scale - others[z]!;
    let error = left - own[self]!;
    out[at]!++;
    // The bias of the other side stands where z is 1.
    out[at + 1]!++;
    out[side]! += left;
    for (let f = 1, to = at + 2; f < width; f++) {
      const value = others[z + f]!;
      error -= own[self + f]! * value;
      out[side + f]! += value * left;
      out[to++]! += value;
      for (let g = 1; g <= f; g++) out[to++]! += value * others[z + g]!;
    }
    squares += error * error;
  }
  return squares;
}

export function combineEquations(
  { payload }: Shape,
  left: Float64Array,
  right: Float64Array,
): Float64Array {
  const a = readEquations(left);
  const b = readEquations(right);
  const levels = union(a.levels, b.levels);
  const sum = new Float64Array(HEAD + levels.length * (1 + payload));
  sum.set([left[0]!, a.ratings + b.ratings, a.squares + b.squares, levels.length]);
  sum.set(levels, HEAD);
  const { equations } = readEquations(sum);
  let [i, j] = [0, 0];
  for (let n = 0, to = 0; n < levels.length; n++) {
    const inLeft = a.levels[i] === levels[n];
    const inRight = b.levels[j] === levels[n];
    const x = i * payload;
    const y = j * payload;
    for (let p = 0; p < payload; p++, to++) {
      if (!inRight) equations[to] = a.equations[x + p]!;
      else if (!inLeft) equations[to] = b.equations[y + p]!;
      else equations[to] = a.equations[x + p]! + b.equations[y + p]!;
    }
    if (inLeft) i++;
    if (inRight) j++;
  }
  return sum;
}

/** Both ascending lists as one. */
function union(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length);
  let [i, j, count] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    const level = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    if (a[i] === level) i++;
    if (b[j] === level) j++;
    out[count++] = level;
  }
  return out.subarray(0, count);
}
