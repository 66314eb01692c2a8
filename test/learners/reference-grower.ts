/**
 * A tree grower as plain as can be, the oracle for the fast kernels: it looks at every row for every
 * candidate split, keeps no histogram, and knows the rules of ties and draws from their description.
 */

import { hash32, mix32 } from '../../learners/random.ts';
import { drawBag } from '../../learners/random-forest/bag.ts';
import { FeatureDraw } from '../../learners/random-forest/feature-draw.ts';
import {
  type BinnedRows,
  type GrownTree,
  type GrowthLimits,
  LEAF,
  MISSING_LEFT,
} from '../../learners/random-forest/kernel.ts';
import { cutAt, lowerOf } from '../../learners/random-forest/random-cuts.ts';

interface Row {
  readonly cells: readonly number[];
  readonly weight: number;
  /** Class, or the fixed-point target. */
  readonly target: number;
}

interface Candidate {
  /** Score as a fraction, compared multiplied out. */
  readonly num: number;
  readonly den: number;
  readonly feature: number;
  readonly low: number;
  readonly high: number;
  readonly missingLeft: boolean;
}

const draws = (rows: readonly Row[]) => rows.reduce((sum, row) => sum + row.weight, 0);

export function referenceTree(table: BinnedRows, limits: GrowthLimits, seed: number): GrownTree {
  const words = new Int32Array(table.cells.buffer);
  const counts = new Uint8Array(table.rows).fill(1);
  if (limits.bootstrap) drawBag(hash32(seed, 1), counts);
  const rows: Row[] = [];
  counts.forEach((weight, r) => {
    if (weight === 0) return;
    const start = r * table.stride;
    const cells = Array.from(table.cells.subarray(start, start + table.features));
    const tail = (start + table.stride) / 4 - (table.classes === 0 ? 2 : 1);
    rows.push({ cells, weight, target: words[tail]! });
  });
  const nodes: Candidate[] = [];
  const leaves: number[] = [];
  grow(rows, 0, hash32(seed, 2));
  return {
    nodes: nodes.length,
    feature: Uint16Array.from(nodes, (n) => n.feature | (n.missingLeft ? MISSING_LEFT : 0)),
    low: Uint8Array.from(nodes, (n) => n.low),
    high: Uint8Array.from(nodes, (n) => n.high),
    leaves: Float64Array.from(leaves),
  };

  function grow(here: readonly Row[], depth: number, key: number): void {
    const split =
      draws(here) < limits.minSamplesSplit || depth >= limits.maxDepth || here.length < 2
        ? null
        : bestSplit(table, limits, here, key);
    if (split === null) {
      nodes.push({ num: 0, den: 1, feature: LEAF, low: 0, high: 0, missingLeft: false });
      leaves.push(...totals(table, here));
      return;
    }
    nodes.push(split);
    const left = (row: Row) => goesLeft(table, split, row);
    grow(here.filter(left), depth + 1, mix32(key ^ 0x02e5be93));
    grow(
      here.filter((row) => !left(row)),
      depth + 1,
      mix32(key ^ 0x68bc21eb),
    );
  }
}

function goesLeft(table: BinnedRows, split: Candidate, row: Row): boolean {
  const code = row.cells[split.feature]!;
  return code === table.binCounts[split.feature] ? split.missingLeft : code <= split.low;
}

function bestSplit(
  table: BinnedRows,
  limits: GrowthLimits,
  rows: readonly Row[],
  key: number,
): Candidate | null {
  if (rows.every((row) => row.target === rows[0]!.target)) return null;
  const draw = new FeatureDraw(table.features);
  draw.begin(key);
  let best: Candidate | null = null;
  const total = totals(table, rows);
  let varied = 0;
  for (let i = 0; i < table.features; i++) {
    if (i >= limits.featuresPerNode && varied > 0) break;
    // Nothing beats a split that leaves both children pure.
    const two = table.classes === 2 && table.classWeights === undefined && !limits.randomCuts;
    if (two && best !== null && best.num >= total[0]! * total[1]! * best.den) break;
    draw.upTo(i + 1);
    const feature = draw.features[i]!;
    if (new Set(rows.map((row) => row.cells[feature])).size > 1) varied++;
    for (const candidate of candidatesOf(table, limits, rows, feature, key)) {
      if (best === null || candidate.num * best.den > best.num * candidate.den) best = candidate;
    }
  }
  return best;
}

function* candidatesOf(
  table: BinnedRows,
  limits: GrowthLimits,
  rows: readonly Row[],
  feature: number,
  key: number,
): Generator<Candidate> {
  const missing = table.binCounts[feature]!;
  const codes = [...new Set(rows.map((row) => row.cells[feature]!))].sort((a, b) => a - b);
  const seen = codes.at(-1) === missing;
  const values = seen ? codes.slice(0, -1) : codes;
  const lowest = values[0] ?? 0;
  const cut = cutAt(key, feature, lowest, values.at(-1) ?? 0, lowerOf(table, feature));
  for (const missingLeft of seen ? [false, true] : [false]) {
    for (let i = 0; i < values.length; i++) {
      if (limits.randomCuts && values.length > 1) {
        if (values[i]! > cut || (values[i + 1] ?? 0) <= cut) continue;
      }
      const high = values[i + 1] ?? (seen && !missingLeft ? missing : undefined);
      if (high === undefined) continue;
      const plain = { num: 0, den: 1, feature, low: values[i]!, high, missingLeft };
      const left = rows.filter((row) => goesLeft(table, plain, row));
      const right = rows.filter((row) => !goesLeft(table, plain, row));
      if (Math.min(draws(left), draws(right)) < limits.minSamplesLeaf) continue;
      const majority = seen ? missingLeft : draws(left) > draws(right);
      const score = scoreOf(table, limits, left, right);
      yield { ...plain, ...score, missingLeft: majority };
    }
  }
}

function totals(table: BinnedRows, rows: readonly Row[]): number[] {
  if (table.classes === 0) {
    return [draws(rows), rows.reduce((sum, row) => sum + row.weight * row.target, 0)];
  }
  const counts = new Array<number>(table.classes).fill(0);
  for (const row of rows) counts[row.target]! += row.weight;
  return counts;
}

/** The stated formulas, in the stated order of operations. */
function scoreOf(
  table: BinnedRows,
  limits: GrowthLimits,
  left: readonly Row[],
  right: readonly Row[],
): { num: number; den: number } {
  const l = totals(table, left);
  const r = totals(table, right);
  const nL = draws(left);
  const nR = draws(right);
  if (table.classes === 0) {
    const mean = Math.round((l[1]! + r[1]!) / (nL + nR));
    const sL = l[1]! - nL * mean;
    const sR = r[1]! - nR * mean;
    return { num: (sL * sL) / nL + (sR * sR) / nR, den: 1 };
  }
  const weights = table.classWeights;
  if (table.classes === 2 && weights === undefined && !limits.randomCuts) {
    const d = l[1]! * (nL + nR) - (l[1]! + r[1]!) * nL;
    return { num: d * d, den: nL * nR };
  }
  const heavy = (counts: readonly number[]) =>
    counts.map((count, c) => count * (weights?.[c] ?? 1));
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const part = (counts: readonly number[]) => sum(counts.map((c) => c * c)) / sum(counts);
  return { num: part(heavy(l)) + part(heavy(r)), den: 1 };
}
