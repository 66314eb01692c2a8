/**
 * What a step has to know of a column, gathered over some rows and joined over all of them.
 *
 * Joining takes parts in any order and any grouping and gives the same bytes: counts are whole
 * numbers, sums are exact, samples follow from the hashes of the rows.
 */
import { DataError } from '../datasets/data-error.ts';
import type { Column } from '../datasets/frame.ts';
import {
  CanonicalError,
  type CanonicalReader,
  type CanonicalWriter,
} from '../schemas/canonical.ts';
import { ExactSums } from './exact-sum.ts';
import { mergeSamples, sampleMax, sampleValues, type ValueSample } from './value-sample.ts';
import { bucketsOfWords } from './words.ts';

/** Numbers: how many, their sum, and the sum of their squares. */
export interface Moments {
  readonly kind: 'moments';
  readonly count: number;
  /** In units of 2^-1074 and 2^-2148. */
  readonly sum: bigint;
  readonly squares: bigint;
}

/** Numbers: a sample of them, or all. */
export interface Sample extends ValueSample {
  readonly kind: 'sample';
}

/** Levels: how often each occurs, by code. */
export interface Counts {
  readonly kind: 'counts';
  readonly counts: readonly number[];
}

/** Texts: how many, and in how many of them each bucket of words occurs. */
export interface Documents {
  readonly kind: 'documents';
  readonly rows: number;
  readonly counts: readonly number[];
}

export type Statistic = Moments | Sample | Counts | Documents;

/** Which statistic is wanted; `size` is the number of levels, or of buckets. */
export interface Wanted {
  readonly kind: Statistic['kind'];
  readonly size: number;
}

/** The rows that count: positions in the frame, and where the frame lies in the data set. */
export interface CountedRows {
  readonly rows: Int32Array;
  readonly firstRow: number;
  readonly seed: number;
}

/** Missing values, and numbers that are not finite, do not count. */
export function gather(wanted: Wanted, column: Column, at: CountedRows): Statistic {
  if (wanted.kind === 'moments' && column.kind === 'number') return momentsOf(column.values, at);
  if (wanted.kind === 'sample' && column.kind === 'number') {
    return { kind: 'sample', ...sampleValues(column.values, at.rows, at.firstRow, at.seed) };
  }
  if (wanted.kind === 'counts' && (column.kind === 'category' || column.kind === 'boolean')) {
    const counts = new Array<number>(wanted.size).fill(0);
    for (const row of at.rows) {
      const code = column.codes[row]!;
      if (code >= 0) counts[code]! += 1;
    }
    return { kind: 'counts', counts };
  }
  if (wanted.kind === 'documents' && column.kind === 'text') {
    const counts = new Array<number>(wanted.size).fill(0);
    const seenIn = new Int32Array(wanted.size).fill(-1);
    for (const row of at.rows) {
      bucketsOfWords(column, row, wanted.size, (bucket) => {
        if (seenIn[bucket] === row) return;
        seenIn[bucket] = row;
        counts[bucket]! += 1;
      });
    }
    return { kind: 'documents', rows: at.rows.length, counts };
  }
  throw new DataError(
    'data-value',
    `a column of kind ${column.kind} has no ${wanted.kind}`,
    'run the same release of shoal on every host',
  );
}

function momentsOf(values: Float64Array | Float32Array, { rows }: CountedRows): Moments {
  const sums = new ExactSums(true);
  for (const row of rows) {
    const value = values[row]!;
    if (Number.isFinite(value)) sums.add(value);
  }
  return { kind: 'moments', count: sums.count, sum: sums.sum(), squares: sums.squares() };
}

/** The statistic over the rows of both. @throws CanonicalError for two that do not belong together */
export function join(a: Statistic, b: Statistic): Statistic {
  if (a.kind === 'moments' && b.kind === 'moments') {
    const { count, sum, squares } = b;
    return {
      ...{ kind: 'moments', count: a.count + count },
      ...{ sum: a.sum + sum, squares: a.squares + squares },
    };
  }
  if (a.kind === 'sample' && b.kind === 'sample') return { kind: 'sample', ...mergeSamples(a, b) };
  if (a.kind === 'counts' && b.kind === 'counts') {
    return { kind: 'counts', counts: added(a.counts, b.counts) };
  }
  if (a.kind === 'documents' && b.kind === 'documents') {
    return { kind: 'documents', rows: a.rows + b.rows, counts: added(a.counts, b.counts) };
  }
  throw new CanonicalError(`"${a.kind}" and "${b.kind}" cannot be joined`);
}

function added(a: readonly number[], b: readonly number[]): number[] {
  if (a.length === b.length) return a.map((count, i) => count + b[i]!);
  throw new CanonicalError(`${a.length} counts and ${b.length} cannot be joined`);
}

const KINDS: readonly Statistic['kind'][] = ['moments', 'sample', 'counts', 'documents'];
const digitsMax = 4_096;

export function writeStatistic(writer: CanonicalWriter, own: Statistic): void {
  writer.uint(KINDS.indexOf(own.kind));
  switch (own.kind) {
    case 'moments':
      writer.uint(own.count).text(own.sum.toString(16)).text(own.squares.toString(16));
      return;
    case 'sample':
      writer.uint(own.halvings).u32s(own.hashes).f64s(own.values);
      return;
    case 'counts':
      writer.f64s(Float64Array.from(own.counts));
      return;
    case 'documents':
      writer.uint(own.rows).f64s(Float64Array.from(own.counts));
  }
}

/** @throws CanonicalError */
export function readStatistic(reader: CanonicalReader): Statistic {
  const kind = KINDS[reader.uint(KINDS.length - 1)]!;
  switch (kind) {
    case 'moments': {
      const [count, sum, squares] = [reader.uint(), hex(reader), hex(reader)];
      return { kind, count, sum, squares };
    }
    case 'sample': {
      const halvings = reader.uint(32);
      const [hashes, values] = [reader.u32s(sampleMax), reader.f64s(sampleMax)];
      if (hashes.length === values.length) return { kind, halvings, hashes, values };
      throw new CanonicalError(`${hashes.length} hashes for ${values.length} values`);
    }
    case 'counts':
      return { kind, counts: [...reader.f64s()] };
    case 'documents':
      return { kind, rows: reader.uint(), counts: [...reader.f64s()] };
  }
}

function hex(reader: CanonicalReader): bigint {
  const text = reader.text(digitsMax);
  if (!/^-?[0-9a-f]+$/.test(text)) throw new CanonicalError('a sum is no hexadecimal number');
  const size = BigInt(`0x${text.replace('-', '')}`);
  return text.startsWith('-') ? -size : size;
}
