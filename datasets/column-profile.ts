/**
 * The profile of columns, gathered as their shards are made: how values spread, and how many differ.
 *
 * Counts and sketches are the same for any order and any sharing out of the rows. The bounds of a
 * histogram are the column's extremes, which the first pass has found.
 */

import { viewOf } from './csv-field.ts';
import type { ColumnStatistics, DataColumn } from './data-schema.ts';
import { type Distinct, DistinctSketch, distinctOf } from './distinct-sketch.ts';
import type { Column, Frame, TextColumn } from './frame.ts';
import { hashBytes } from './level-dictionary.ts';

export const histogramBins = 20;
/** Levels that are listed with their counts. */
const frequentMax = 20;

/** What some rows of one column come to; plain data. */
export interface ProfilePart {
  /** Numbers: counts of equal steps from the least value to the largest. */
  readonly bins?: Float64Array;
  /** Levels: how often each occurs. */
  readonly counts?: Float64Array;
  /** Numbers and texts: hashes that tell how many differ. */
  readonly hashes?: Float64Array;
}

interface Gatherer {
  take(column: Column): void;
  part(): ProfilePart;
}

/** Gathers the profile of frames of one data set. */
export class FrameProfile {
  readonly #names: readonly string[];
  readonly #gatherers: readonly Gatherer[];

  constructor(columns: readonly DataColumn[]) {
    this.#names = columns.map(({ name }) => name);
    this.#gatherers = columns.map(gathererOf);
  }

  take(frame: Frame): void {
    this.#names.forEach((name, i) => {
      const column = frame.columns.get(name);
      if (column !== undefined) this.#gatherers[i]!.take(column);
    });
  }

  parts(): ProfilePart[] {
    return this.#gatherers.map((gatherer) => gatherer.part());
  }
}

/** The columns with what all parts together say. @param parts of all columns, in any order of rows */
export function withProfile(
  columns: readonly DataColumn[],
  parts: readonly (readonly ProfilePart[])[],
): DataColumn[] {
  return columns.map((column, i) => {
    const own = parts.map((part) => part[i]!);
    return { ...column, stats: { ...column.stats, ...joined(column, own) } };
  });
}

type Profiled = Partial<Pick<ColumnStatistics, 'distinct' | 'estimate' | 'histogram' | 'frequent'>>;

function joined({ stats }: DataColumn, parts: readonly ProfilePart[]): Profiled {
  const bins = sumOf(parts.flatMap(({ bins }) => bins ?? []));
  const counts = sumOf(parts.flatMap(({ counts }) => counts ?? []));
  const hashes = parts.flatMap((part) => part.hashes ?? []);
  const distinct = hashes.length === 0 ? undefined : distinctOf(hashes);
  return {
    ...(stats.distinct === null && distinct !== undefined ? counted(distinct) : {}),
    ...(bins === undefined ? {} : { histogram: [...bins] }),
    ...(counts === undefined ? {} : { frequent: mostFrequent(counts) }),
  };
}

function counted({ count, exact }: Distinct): Profiled {
  return exact ? { distinct: count } : { estimate: count };
}

function sumOf(parts: readonly Float64Array[]): Float64Array | undefined {
  const [first, ...rest] = parts;
  if (first === undefined) return undefined;
  const sum = Float64Array.from(first);
  for (const part of rest) for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  return sum;
}

/** Codes with their counts, the most frequent first; of equal ones the lower code. */
function mostFrequent(counts: Float64Array): (readonly [code: number, count: number])[] {
  return [...counts.entries()]
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, frequentMax);
}

function gathererOf({ kind, levels, stats }: DataColumn): Gatherer {
  if (kind === 'number') return new NumberGatherer(stats);
  if (kind === 'text') return new TextGatherer();
  return new LevelGatherer(levels?.length ?? 0);
}

class NumberGatherer implements Gatherer {
  readonly #min: number;
  readonly #perUnit: number;
  readonly #bins = new Float64Array(histogramBins);
  readonly #sketch: DistinctSketch | undefined;

  constructor({ min = 0, max = 0, distinct }: ColumnStatistics) {
    this.#min = min;
    const perUnit = histogramBins / (max - min);
    // A range of nothing, or past float64, has no steps.
    this.#perUnit = Number.isFinite(perUnit) && perUnit > 0 ? perUnit : 0;
    this.#sketch = distinct === null ? new DistinctSketch() : undefined;
  }

  take(column: Column): void {
    if (column.kind !== 'number') return;
    this.#sketch?.addNumbers(column.values);
    if (this.#perUnit > 0) this.#count(column.values);
  }

  part(): ProfilePart {
    return {
      ...(this.#perUnit > 0 ? { bins: this.#bins } : {}),
      ...(this.#sketch === undefined ? {} : { hashes: this.#sketch.kept() }),
    };
  }

  #count(values: Float64Array | Float32Array): void {
    const min = this.#min;
    const perUnit = this.#perUnit;
    const counts = new Int32Array(histogramBins + 2);
    for (let i = 0; i < values.length; i++) {
      // NaN becomes the bin before the first.
      counts[((values[i]! - min) * perUnit + 1) | 0]!++;
    }
    const bins = this.#bins;
    for (let b = 0; b < histogramBins; b++) bins[b]! += counts[b + 1]!;
    bins[histogramBins - 1]! += counts[histogramBins + 1]!;
  }
}

class LevelGatherer implements Gatherer {
  readonly #counts: Float64Array;

  constructor(levels: number) {
    this.#counts = new Float64Array(levels);
  }

  take(column: Column): void {
    if (!('codes' in column)) return;
    const counts = this.#counts;
    for (const code of column.codes) if (code >= 0) counts[code]!++;
  }

  part(): ProfilePart {
    return { counts: this.#counts };
  }
}

class TextGatherer implements Gatherer {
  readonly #sketch = new DistinctSketch();

  take(column: Column): void {
    if (column.kind === 'text') this.#add(column);
  }

  part(): ProfilePart {
    return { hashes: this.#sketch.kept() };
  }

  #add({ bytes, offsets, present }: TextColumn): void {
    const view = viewOf(bytes);
    for (let row = 0; row < present.length; row++) {
      if (present[row] === 0) continue;
      const hash = hashBytes(view, offsets[row]!, offsets[row + 1]!);
      this.#sketch.addHashes(
        hash,
        Math.imul(hash, 0x27d4eb2f) ^ (offsets[row + 1]! - offsets[row]!),
      );
    }
  }
}
