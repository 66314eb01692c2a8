/**
 * Fitting over shards: any number of them, in any order and grouping, gives the pipeline of one pass
 * over all rows, bit for bit; and no row that is held out has a say in it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import { inSplit, type RowSplit, splitRows } from '../../datasets/row-split.ts';
import {
  decodeSurveys,
  encodeSurveys,
  fitPass,
  fitPipeline,
  joinSurveys,
  surveyFrame,
} from '../../preprocessing/fit.ts';
import {
  applyPipeline,
  decodePipeline,
  encodePipeline,
  newPipeline,
  type Pipeline,
  pipelineOutput,
} from '../../preprocessing/pipeline.ts';
import { passesOf } from '../../preprocessing/steps.ts';
import { sampleMax, sampleValues } from '../../preprocessing/value-sample.ts';
import type { PlannedStep } from '../../schemas/preprocess.ts';

const input: ColumnSchema[] = [
  { name: 'age', kind: 'number' },
  { name: 'wage', kind: 'number' },
  { name: 'city', kind: 'category', levels: ['Bern', 'Graz', 'Ulm'] },
  { name: 'note', kind: 'text' },
];
const target: ColumnSchema = { name: 'y', kind: 'number' };

const steps: PlannedStep[] = [
  { step: 'impute', columns: ['age'], strategy: 'median', indicator: true },
  { step: 'impute', columns: ['wage'], strategy: 'mean', indicator: false },
  { step: 'impute', columns: ['city'], strategy: 'most-frequent', indicator: false },
  { step: 'clip', columns: ['wage'], quantiles: [0.05, 0.9] },
  { step: 'standardise', columns: ['age', 'wage'], mean: true, deviation: true },
  { step: 'one-hot', columns: ['city'] },
  { step: 'text', columns: ['note'], buckets: 8, idf: true, normalise: true },
];

interface Row {
  readonly age: number;
  readonly wage: number;
  readonly city: number;
  readonly note: string | null;
}

function frameOf(rows: readonly Row[], firstRow: number): Frame {
  const bytes = rows.map(({ note }) => new TextEncoder().encode(note ?? ''));
  const offsets = new Int32Array(rows.length + 1);
  bytes.forEach((own, i) => {
    offsets[i + 1] = offsets[i]! + own.length;
  });
  const whole = new Uint8Array(offsets.at(-1)!);
  bytes.forEach((own, i) => {
    whole.set(own, offsets[i]);
  });
  const columns = new Map<string, Column>([
    ['age', { kind: 'number', values: Float64Array.from(rows, ({ age }) => age) }],
    ['wage', { kind: 'number', values: Float64Array.from(rows, ({ wage }) => wage) }],
    ['city', { kind: 'category', codes: Int32Array.from(rows, ({ city }) => city) }],
    [
      'note',
      {
        ...{ kind: 'text', bytes: whole, offsets },
        present: Uint8Array.from(rows, ({ note }) => Number(note !== null)),
      },
    ],
    [target.name, { kind: 'number', values: Float64Array.from(rows, (_, i) => firstRow + i) }],
  ]);
  return { rows: rows.length, firstRow, columns };
}

const anyNumber = fc.oneof(
  fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(Number.NaN),
  fc.integer({ min: -3, max: 3 }),
);
const anyRow: fc.Arbitrary<Row> = fc.record({
  age: anyNumber,
  wage: fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  city: fc.integer({ min: -1, max: 2 }),
  note: fc.option(fc.stringMatching(/^[a-cA-C ü]{0,12}$/)),
});
/** Enough that every column has a value. */
const certain: Row = { age: 1, wage: 2, city: 1, note: 'one two' };
const all: RowSplit = { kind: 'all' };
const passes = passesOf(steps, input);

/** The pipeline from shards, which are joined in the given order, half of them before the rest. */
function fitSharded(shards: readonly Frame[], order: readonly number[], split: RowSplit): Pipeline {
  let pipeline = newPipeline(steps, input);
  for (let pass = 0; pass < passes; pass++) {
    const parts = order.map((i) => {
      const own = surveyFrame({ pipeline, pass, split, seed: 7 }, shards[i]!);
      return decodeSurveys(encodeSurveys([own]))[0]!;
    });
    const half = parts.length >> 1;
    const [left, right] = [parts.slice(0, half), parts.slice(half)];
    const joined =
      left.length === 0
        ? right.reduce(joinSurveys)
        : joinSurveys(right.reduce(joinSurveys), left.reduce(joinSurveys));
    pipeline = fitPass(decodePipeline(encodePipeline(pipeline)), pass, joined);
  }
  return pipeline;
}

function cut(rows: readonly Row[], sizes: readonly number[]): Frame[] {
  let from = 0;
  const frames = sizes.map((size) => {
    const frame = frameOf(rows.slice(from, from + size), from);
    from += size;
    return frame;
  });
  return [...frames, frameOf(rows.slice(from), from)];
}

describe('a pipeline fitted over shards', () => {
  it('is that of a single pass, for any shards in any order [P82]', () => {
    const cuts = fc.array(fc.nat({ max: 12 }), { minLength: 15, maxLength: 15 });
    const orders = fc.shuffledSubarray([...Array(16).keys()], { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 90 }), cuts, orders, (some, sizes, order) => {
        const rows = [certain, ...some];
        const whole = fitPipeline(steps, input, [frameOf(rows, 0)], {
          split: all,
          seed: 7,
          passes,
        });
        const sharded = fitSharded(cut(rows, sizes), order, all);
        expect(encodePipeline(sharded)).toEqual(encodePipeline(whole));
      }),
      { numRuns: 60 },
    );
  });

  it('learns nothing from rows that are held out [P82]', () => {
    const split: RowSplit = { kind: 'holdout', part: 'train', seed: 3, fraction: 0.4 };
    const rows = Array.from({ length: 60 }, () => certain);
    rows.forEach((_, i) => {
      rows[i] = { age: i, wage: i * i, city: i % 3, note: `a${i % 5} b` };
    });
    const other = rows.map((row, i) =>
      inSplit(split, i) ? row : { age: 1e12, wage: -1e12, city: 0, note: 'held out' },
    );
    const fitted = (own: readonly Row[]) => fitSharded(cut(own, [20, 20]), [2, 0, 1], split);
    expect(encodePipeline(fitted(other))).toEqual(encodePipeline(fitted(rows)));
    expect(encodePipeline(fitted(other))).not.toEqual(
      encodePipeline(fitSharded(cut(other, [20, 20]), [2, 0, 1], all)),
    );
  });

  it('samples the same values of more rows than there is room for', () => {
    const rows = Array.from({ length: 3 * sampleMax }, (_, i) => ({ ...certain, age: i }));
    const whole = fitPipeline(steps, input, [frameOf(rows, 0)], { split: all, seed: 7, passes });
    const sharded = fitSharded(cut(rows, [30_000, 5_000, 1]), [3, 0, 2, 1], all);
    expect(encodePipeline(sharded)).toEqual(encodePipeline(whole));
    const median = whole.fitted[0]![0]!.fill!;
    expect(Math.abs(median / rows.length - 0.5)).toBeLessThan(0.02);
  });

  it('samples rows that are trained on, whichever others the same seed holds out', () => {
    const count = 60 * sampleMax;
    const values = Float64Array.from({ length: count }, (_, i) => i);
    for (const fraction of [0.2, 0.5]) {
      const split: RowSplit = { kind: 'holdout', part: 'train', seed: 7, fraction };
      const found = sampleValues(values, splitRows(split, 0, count), 0, 7);
      expect(found.values.length).toBeGreaterThan(0.45 * sampleMax);
      const ascending = found.values.slice().sort();
      expect(Math.abs(ascending[ascending.length >> 1]! / count - 0.5)).toBeLessThan(0.03);
    }
  });

  it('gives the columns that the plan said, and leaves the target alone', () => {
    const rows = [certain, { age: Number.NaN, wage: 5, city: -1, note: null }];
    const frame = frameOf(rows, 0);
    const pipeline = fitPipeline(steps, input, [frame], { split: all, seed: 7, passes });
    const out = applyPipeline(pipeline, frame);
    const names = pipelineOutput(pipeline).map(({ name }) => name);
    expect(names.slice(0, 6)).toEqual([
      ...['age', 'age missing', 'wage', 'city=Bern', 'city=Graz', 'city=Ulm'],
    ]);
    expect([...out.columns.keys()]).toEqual([...names, 'y']);
    expect(out.columns.get('age missing')).toEqual({
      ...{ kind: 'number', values: Float64Array.of(0, 1) },
    });
    expect(out.columns.get('y')).toBe(frame.columns.get('y'));
  });

  it('refuses a column without a value to learn from, by name', () => {
    const frame = frameOf([{ ...certain, wage: Number.NaN }], 0);
    expect(() => fitPipeline(steps, input, [frame], { split: all, seed: 7, passes })).toThrow(
      'step "impute" finds no value of column "wage" in the rows to be trained on',
    );
  });
});
