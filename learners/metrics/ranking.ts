/**
 * How well scores rank one class above the rest: ROC, precision-recall, and the areas under them.
 *
 * All is read off one walk over the distinct scores, from the highest down. Counts are whole
 * numbers, so neither the order of the rows nor how they were cut can change a bit of the result;
 * rows of equal score always cross the threshold together.
 */

/** One class against the rest: what lies at or above each distinct score, from the highest down. */
export interface RankSteps {
  readonly thresholds: Float64Array;
  /** Rows of the class, and of the others, whose score is at least the threshold. */
  readonly hits: Float64Array;
  readonly alarms: Float64Array;
  /** All rows of the class, and all others. */
  readonly positives: number;
  readonly negatives: number;
}

/**
 * @param labels true class of each row; rows with -1 (missing) are left out
 * @param scores of the class, for each row: `scores[row * stride + offset]`
 */
export function rankSteps(
  labels: Int32Array,
  scores: Float64Array,
  stride: number,
  offset: number,
): RankSteps {
  const all = new Float64Array(labels.length);
  const own = new Float64Array(labels.length);
  let rows = 0;
  let positives = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row]! < 0) continue;
    const score = scores[row * stride + offset]!;
    all[rows++] = score;
    if (labels[row] === offset) own[positives++] = score;
  }
  const sorted = all.subarray(0, rows).sort();
  const sortedOwn = own.subarray(0, positives).sort();
  return { ...walk(sorted, sortedOwn), positives, negatives: rows - positives };
}

/** @param all every score, ascending @param own those of the class, ascending */
function walk(all: Float64Array, own: Float64Array) {
  let distinct = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) distinct++;
  const thresholds = new Float64Array(distinct);
  const hits = new Float64Array(distinct);
  const alarms = new Float64Array(distinct);
  let at = all.length;
  let ownAt = own.length;
  for (let step = 0; step < distinct; step++) {
    const score = all[at - 1]!;
    while (at > 0 && all[at - 1] === score) at--;
    while (ownAt > 0 && own[ownAt - 1] === score) ownAt--;
    thresholds[step] = score;
    hits[step] = own.length - ownAt;
    alarms[step] = all.length - at - (own.length - ownAt);
  }
  return { thresholds, hits, alarms };
}

/** Area under the ROC curve (Mann-Whitney, ties count half); null where one side has no rows. */
export function areaUnderRoc({ hits, alarms, positives, negatives }: RankSteps): number | null {
  if (positives === 0 || negatives === 0) return null;
  // Twice the number of pairs that stand in the right order, in exact integers.
  let doubled = 0;
  let hitsBefore = 0;
  let alarmsBefore = 0;
  for (let i = 0; i < hits.length; i++) {
    const more = alarms[i]! - alarmsBefore;
    doubled += (hits[i]! - hitsBefore) * (2 * (negatives - alarms[i]!) + more);
    hitsBefore = hits[i]!;
    alarmsBefore = alarms[i]!;
  }
  return doubled / 2 / (positives * negatives);
}

/** Mean of precision over the steps of recall, no interpolation; null without a row of the class. */
export function averagePrecision({ hits, alarms, positives }: RankSteps): number | null {
  if (positives === 0) return null;
  let sum = 0;
  let before = 0;
  for (let i = 0; i < hits.length; i++) {
    sum += (hits[i]! - before) * (hits[i]! / (hits[i]! + alarms[i]!));
    before = hits[i]!;
  }
  return sum / positives;
}

/** A step of the curves: counts at or above the threshold. */
export type CurvePoint = readonly [threshold: number, hits: number, alarms: number];

/** At most `max` steps, evenly over ranks, the last always among them: enough to draw. */
export function curvePoints(steps: RankSteps, max: number): CurvePoint[] {
  const { thresholds, hits, alarms } = steps;
  const points: CurvePoint[] = [];
  const rows = steps.positives + steps.negatives;
  let next = 0;
  for (let i = 0; i < thresholds.length; i++) {
    const ranked = hits[i]! + alarms[i]!;
    if (ranked < next && i < thresholds.length - 1) continue;
    points.push([thresholds[i]!, hits[i]!, alarms[i]!]);
    next = ((Math.floor((ranked * max) / rows) + 1) * rows) / max;
  }
  return points;
}
