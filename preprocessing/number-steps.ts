/**
 * Steps on columns of numbers: clip, standardise, bin. A missing number stays missing.
 */
import type { Column, ColumnSchema } from '../datasets/frame.ts';
import { BugError } from '../schemas/errors.ts';
import type { StepNamed } from '../schemas/preprocess.ts';
import { nearestQuotient } from './exact-sum.ts';
import type { Moments, Statistic } from './statistics.ts';
import { noValues, padded, type StepRule } from './step-rule.ts';
import { quantile } from './value-sample.ts';

const isNumber = (_: unknown, { kind }: ColumnSchema) => kind === 'number';

/** What comes out is stored as computed, whatever storage the data set has. */
const numberLike = (_: unknown, { name }: ColumnSchema): ColumnSchema[] => [
  { name, kind: 'number' },
];

export function numbersIn(values: Column): Float64Array | Float32Array {
  if (values.kind === 'number') return values.values;
  throw new BugError('preprocess', `a column of kind ${values.kind} has no numbers`);
}

/** Each number through the function; a missing one stays missing. */
function mapped(values: Column, change: (value: number) => number): Column[] {
  const from = numbersIn(values);
  const to = new Float64Array(from.length);
  for (let i = 0; i < to.length; i++) {
    const value = from[i]!;
    to[i] = Number.isNaN(value) ? value : change(value);
  }
  return [{ kind: 'number', values: to }];
}

/** The mean, rounded once. */
export function meanOf({ count, sum }: Moments): number {
  return nearestQuotient(sum, BigInt(count), -1074);
}

/** The standard deviation over the rows themselves: the variance is rounded once, then its root. */
function deviationOf({ count, sum, squares }: Moments): number {
  const n = BigInt(count);
  return Math.sqrt(nearestQuotient(n * squares - sum * sum, n * n, -2148));
}

/** Ascending; null where there is none. */
export function sampled(statistic: Statistic | null): Float64Array | null {
  if (statistic?.kind !== 'sample' || statistic.values.length === 0) return null;
  return statistic.values.slice().sort();
}

export const clip: StepRule<StepNamed<'clip'>> = {
  takes: 'numbers',
  suits: isNumber,
  outputs: numberLike,
  wants: ({ quantiles }) => (quantiles === undefined ? null : { kind: 'sample', size: 0 }),
  fit(step, column, statistic) {
    const { min, max, quantiles } = step;
    if (quantiles === undefined) {
      return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
    }
    const ascending = sampled(statistic);
    if (ascending === null) throw noValues(step, column);
    return { min: quantile(ascending, quantiles[0]), max: quantile(ascending, quantiles[1]) };
  },
  apply(_step, _column, { min, max }, values) {
    const low = min ?? Number.NEGATIVE_INFINITY;
    const high = max ?? Number.POSITIVE_INFINITY;
    return mapped(values, (value) => Math.min(Math.max(value, low), high));
  },
};

export const standardise: StepRule<StepNamed<'standardise'>> = {
  takes: 'numbers',
  suits: isNumber,
  outputs: numberLike,
  wants: () => ({ kind: 'moments', size: 0 }),
  fit(step, column, statistic) {
    if (statistic?.kind !== 'moments' || statistic.count === 0) throw noValues(step, column);
    const deviation = step.deviation ? deviationOf(statistic) : 1;
    // A column that never changes is left at zero instead of being divided by it.
    const scale = deviation > 0 && Number.isFinite(deviation) ? deviation : 1;
    return { mean: step.mean ? meanOf(statistic) : 0, scale };
  },
  apply(_step, _column, { mean = 0, scale = 1 }, values) {
    return mapped(values, (value) => (value - mean) / scale);
  },
};

export const bin: StepRule<StepNamed<'bin'>> = {
  takes: 'numbers',
  suits: isNumber,
  outputs: ({ bins }, { name }) => [
    { name, kind: 'category', levels: Array.from({ length: bins }, (_, i) => padded(i, bins)) },
  ],
  wants: () => ({ kind: 'sample', size: 0 }),
  fit(step, column, statistic) {
    const ascending = sampled(statistic);
    if (ascending === null) throw noValues(step, column);
    const cuts = Array.from({ length: step.bins - 1 }, (_, i) =>
      quantile(ascending, (i + 1) / step.bins),
    );
    return { edges: [...new Set(cuts)].sort((a, b) => a - b) };
  },
  /** The bin of a value is the number of edges that it has reached. */
  apply(_step, _column, { edges = [] }, values) {
    const from = numbersIn(values);
    const codes = Int32Array.from(from, (value) => {
      if (Number.isNaN(value)) return -1;
      let [low, high] = [0, edges.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (edges[middle]! <= value) low = middle + 1;
        else high = middle;
      }
      return low;
    });
    return [{ kind: 'category', codes }];
  },
};
