/**
 * The first centres, from the candidates that the first round found.
 *
 * `sample`: greedy k-means++ (Arthur and Vassilvitskii 2007) over the sample: each next centre is
 * the best of a few rows drawn with the probability of their squared distance from the centres
 * so far. `first`: the candidates as they are. Where there are fewer distinct rows than centres,
 * some centres are equal; the later of them stay empty until rows are found that need them.
 */
import { log } from '../math.ts';
import { hash32, Xoshiro } from '../random.ts';
import type { KMeansParams, Shape } from './k-means-params.ts';

/** Keys the stream of draws. */
const START = 0x73746172;

/**
 * @param rows `count x record`: keys and rows, scaled numbers, set columns
 * @returns `k x width` centres, row-major
 */
export function firstCentres(
  shape: Shape,
  params: KMeansParams,
  seed: number,
  rows: Float64Array,
): Float64Array {
  const { k, record } = shape;
  const count = rows.length / record;
  const picks =
    params.start === 'first'
      ? Array.from({ length: k }, (_, c) => c % count)
      : spread(shape, new Xoshiro(hash32(seed, START)), rows);
  const centres = new Float64Array(k * shape.layout.width);
  picks.forEach((pick, c) => {
    centreAt(shape, rows, pick * record, centres, c);
  });
  return centres;
}

/** Writes the row of a record as centre `c`. */
export function centreAt(
  { layout, numbers, record }: Shape,
  rows: Float64Array,
  at: number,
  centres: Float64Array,
  c: number,
): void {
  const to = c * layout.width;
  centres.fill(0, to, to + layout.width);
  for (let d = 0; d < numbers; d++) centres[to + d] = rows[at + 2 + d]!;
  for (let i = at + 2 + numbers; i < at + record; i++) {
    if (rows[i]! < layout.width) centres[to + rows[i]!] = 1;
  }
}

function spread(shape: Shape, random: Xoshiro, rows: Float64Array): number[] {
  const { k, record } = shape;
  const count = rows.length / record;
  const trials = 2 + Math.floor(log(k));
  const picks = [random.below(count)];
  let nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let total = lower(shape, rows, picks[0]!, nearest, nearest);
  let spare = new Float64Array(count);
  let trial = new Float64Array(count);
  while (picks.length < k) {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let t = 0; t < trials; t++) {
      const pick = draw(random, nearest, total);
      const sum = lower(shape, rows, pick, nearest, trial);
      if (best >= 0 && sum >= least) continue;
      best = pick;
      least = sum;
      [spare, trial] = [trial, spare];
    }
    picks.push(best);
    [nearest, spare] = [spare, nearest];
    total = least;
  }
  return picks;
}

/** A row with the probability of its squared distance; any row where all distances are 0. */
function draw(random: Xoshiro, distances: Float64Array, total: number): number {
  const aim = (random.next() / 2 ** 32) * total;
  let sum = 0;
  let last = -1;
  for (let i = 0; i < distances.length; i++) {
    if (distances[i] === 0) continue;
    sum += distances[i]!;
    last = i;
    if (sum > aim) return i;
  }
  return last < 0 ? random.below(distances.length) : last;
}

/** Squared distances when row `pick` becomes a centre as well; returns their sum. */
function lower(
  { numbers, record, layout }: Shape,
  rows: Float64Array,
  pick: number,
  before: Float64Array,
  out: Float64Array,
): number {
  let sum = 0;
  const centre = pick * record + 2;
  for (let i = 0, at = 2; i < before.length; i++, at += record) {
    let distance = 0;
    for (let d = 0; d < numbers; d++) {
      const apart = rows[at + d]! - rows[centre + d]!;
      distance += apart * apart;
    }
    for (let c = numbers; c < record - 2; c++) {
      const a = rows[at + c]!;
      const b = rows[centre + c]!;
      // Two levels differ in two columns, a level and none in one.
      if (a !== b) distance += (a < layout.width ? 1 : 0) + (b < layout.width ? 1 : 0);
    }
    out[i] = Math.min(before[i]!, distance);
    sum += out[i]!;
  }
  return sum;
}
