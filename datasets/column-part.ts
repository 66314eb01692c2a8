/**
 * Statistics of a column in parts: what one shard of it comes to, and what all shards say together.
 *
 * A part is small and plain, so that shards can be made on different nodes; sums are added in the
 * order of the parts, so the same shards give the same statistics wherever they were made.
 */
import { type ColumnStatistics, numberValuesMax } from './data-schema.ts';
import type { Column } from './frame.ts';

/** Of the numbers present in a part. */
export interface NumbersPart {
  readonly count: number;
  /** In the order of the rows; null once it is past the range of float64. */
  readonly sum: number | null;
  /** Absent when there are no numbers. */
  readonly min?: number;
  readonly max?: number;
  readonly integer: boolean;
  /** The different values, ascending; null for more than `numberValuesMax`. */
  readonly values: readonly number[] | null;
}

export interface ColumnPart {
  /** Rows without a value. */
  readonly missing: number;
  readonly numbers?: NumbersPart;
  /** Categories and booleans: codes that occur, ascending. */
  readonly codes?: readonly number[];
}

/** What the column's rows come to. @param column numbers or levels; text is not counted in parts */
export function partOf(column: Exclude<Column, { kind: 'text' }>): ColumnPart {
  return column.kind === 'number' ? numbersOf(column.values) : codesOf(column.codes);
}

function numbersOf(values: Float64Array | Float32Array): ColumnPart {
  const missing = missingIn(values);
  const count = values.length - missing;
  const sum = sumOf(values);
  return {
    missing,
    numbers: {
      count,
      sum: Number.isFinite(sum) ? sum : null,
      ...(count === 0 ? {} : boundsOf(values)),
      integer: areIntegers(values),
      values: ascending(differentIn(values)),
    },
  };
}

// One small loop for each figure: one loop over all of them has, once in some thirty new threads,
// lost part of the sum from the same numbers (Node 24.21); the compiler is what we suspect.

function missingIn(values: Float64Array | Float32Array): number {
  let missing = 0;
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) missing += 1;
  return missing;
}

/** Of the numbers present, in the order of the rows. */
function sumOf(values: Float64Array | Float32Array): number {
  const sum = new Float64Array(1);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value)) sum[0]! += value;
  }
  return sum[0]!;
}

function boundsOf(values: Float64Array | Float32Array): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function areIntegers(values: Float64Array | Float32Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value) && Math.floor(value) !== value) return false;
  }
  return true;
}

/** The different numbers, one too many where there are more than are listed. */
function differentIn(values: Float64Array | Float32Array): Set<number> {
  const seen = new Set<number>();
  for (let i = 0; i < values.length && seen.size <= numberValuesMax; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value)) seen.add(value);
  }
  return seen;
}

function codesOf(codes: Int32Array): ColumnPart {
  const seen = new Set<number>();
  let missing = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else seen.add(code);
  }
  return { missing, codes: [...seen].sort((a, b) => a - b) };
}

function ascending(values: ReadonlySet<number>): number[] | null {
  return values.size > numberValuesMax ? null : [...values].sort((a, b) => a - b);
}

/** The statistics of the whole column. @param parts all of one kind, in the order of the rows */
export function joinParts(parts: readonly ColumnPart[]): ColumnStatistics {
  const missing = parts.reduce((total, part) => total + part.missing, 0);
  const numbers = parts.flatMap((part) => part.numbers ?? []);
  if (numbers.length > 0) return { missing, ...joinNumbers(numbers) };
  return { missing, distinct: new Set(parts.flatMap((part) => part.codes ?? [])).size };
}

function joinNumbers(parts: readonly NumbersPart[]): Omit<ColumnStatistics, 'missing'> {
  const mins = parts.flatMap((part) => part.min ?? []);
  const maxs = parts.flatMap((part) => part.max ?? []);
  const count = parts.reduce((total, part) => total + part.count, 0);
  const mean = parts.reduce((total, part) => total + (part.sum ?? Number.NaN), 0) / count;
  const few = parts.every((part) => part.values !== null);
  const values = few ? ascending(new Set(parts.flatMap((part) => part.values ?? []))) : null;
  return {
    distinct: values?.length ?? null,
    integer: parts.every((part) => part.integer),
    ...(mins.length === 0 ? {} : { min: mins.reduce(least), max: maxs.reduce(most) }),
    ...(Number.isFinite(mean) ? { mean } : {}),
    ...(values === null ? {} : { values }),
  };
}

function least(a: number, b: number): number {
  return Math.min(a, b);
}

function most(a: number, b: number): number {
  return Math.max(a, b);
}
