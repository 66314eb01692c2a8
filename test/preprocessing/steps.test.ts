/**
 * What each step makes of a column, against values worked out by hand; sums against big rationals.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, ColumnSchema, TextColumn } from '../../datasets/frame.ts';
import { dateParts } from '../../preprocessing/date-parts.ts';
import { seal, unseal } from '../../preprocessing/envelope.ts';
import { ExactSums, nearestQuotient } from '../../preprocessing/exact-sum.ts';
import { fitPipeline } from '../../preprocessing/fit.ts';
import { applyPipeline } from '../../preprocessing/pipeline.ts';
import { passesOf } from '../../preprocessing/steps.ts';
import type { PlannedStep } from '../../schemas/preprocess.ts';

function numbers(...values: number[]): Column {
  return { kind: 'number', values: Float64Array.from(values) };
}

function texts(...values: (string | null)[]): TextColumn {
  const bytes = values.map((value) => new TextEncoder().encode(value ?? ''));
  const offsets = Int32Array.from([0, ...bytes]).fill(0);
  bytes.forEach((own, i) => {
    offsets[i + 1] = offsets[i]! + own.length;
  });
  const present = Uint8Array.from(values, (value) => Number(value !== null));
  return { kind: 'text', bytes: Uint8Array.from(Buffer.concat(bytes)), offsets, present };
}

/** The columns that the steps make of one column, fitted on that column. */
function through(
  steps: readonly PlannedStep[],
  schema: Omit<ColumnSchema, 'name'>,
  column: Column,
  rows: number,
): Map<string, Column> {
  const input = [{ ...schema, name: 'x' }];
  const frame = { rows, firstRow: 0, columns: new Map([['x', column]]) };
  const passes = passesOf(steps, input);
  const pipeline = fitPipeline(steps, input, [frame], { split: { kind: 'all' }, seed: 0, passes });
  return new Map(applyPipeline(pipeline, frame).columns);
}

const columns = ['x'] as const;
const cities: Omit<ColumnSchema, 'name'> = { kind: 'category', levels: ['Bern', 'Ulm'] };

describe('steps', () => {
  it('standardise by the exact mean and deviation of the rows', () => {
    const step: PlannedStep = {
      step: 'standardise',
      columns: [...columns],
      mean: true,
      deviation: true,
    };
    const own = through([step], { kind: 'number' }, numbers(2, 4, 4, 4, 5, 5, 7, 9, Number.NaN), 9);
    expect(own.get('x')).toEqual(numbers(-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2, Number.NaN));
    // One number that never changes.
    expect(through([step], { kind: 'number' }, numbers(0.1, 0.1, 0.1), 3).get('x')).toEqual(
      numbers(0, 0, 0),
    );
  });

  it('clip at bounds and at quantiles', () => {
    const values = numbers(...Array.from({ length: 101 }, (_, i) => i));
    const at = (step: PlannedStep) =>
      (through([step], { kind: 'number' }, values, 101).get('x') as { values: Float64Array })
        .values;
    const quantiles = at({ step: 'clip', columns: [...columns], quantiles: [0.1, 0.9] });
    expect([quantiles[0], quantiles[50], quantiles[100]]).toEqual([10, 50, 90]);
    const bounds = at({ step: 'clip', columns: [...columns], max: 7 });
    expect([bounds[0], bounds[100]]).toEqual([0, 7]);
  });

  it('bin into categories of about equal frequency', () => {
    const values = numbers(1, 2, 3, 4, 5, 6, 7, 8, Number.NaN);
    const step: PlannedStep = { step: 'bin', columns: [...columns], bins: 4 };
    expect(through([step], { kind: 'number' }, values, 9).get('x')).toEqual({
      ...{ kind: 'category', codes: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3, -1) },
    });
  });

  it('fill in levels, a new one where a constant says so', () => {
    const codes = Int32Array.of(1, -1, 1, 0);
    const column: Column = { kind: 'category', codes };
    const fill = (own: Partial<PlannedStep>) =>
      through(
        [{ step: 'impute', columns: [...columns], indicator: false, ...own } as PlannedStep],
        cities,
        column,
        4,
      ).get('x');
    expect(fill({ strategy: 'most-frequent' })).toEqual({
      ...{ kind: 'category', codes: Int32Array.of(1, 1, 1, 0) },
    });
    // `Linz` sorts between the two.
    expect(fill({ strategy: 'constant', value: 'Linz' })).toEqual({
      ...{ kind: 'category', codes: Int32Array.of(2, 1, 2, 0) },
    });
  });

  it('make numbers of levels', () => {
    const column: Column = { kind: 'category', codes: Int32Array.of(1, -1, 0) };
    const hot = through([{ step: 'one-hot', columns: [...columns] }], cities, column, 3);
    expect([...hot]).toEqual([
      ['x=Bern', numbers(0, 0, 1)],
      ['x=Ulm', numbers(1, 0, 0)],
    ]);
    const coded = through([{ step: 'ordinal', columns: [...columns] }], cities, column, 3);
    expect(coded.get('x')).toEqual(numbers(1, Number.NaN, 0));
  });

  it('hash text and the same levels to the same buckets', () => {
    const step: PlannedStep = { step: 'hash', columns: [...columns], buckets: 50 };
    const level = through([step], cities, { kind: 'category', codes: Int32Array.of(0, 1, -1) }, 3);
    const text = through([step], { kind: 'text' }, texts('Bern', 'Ulm', null), 3);
    expect(text.get('x')).toEqual(level.get('x'));
  });

  it('weigh words by how rare they are, whatever their case and order', () => {
    const step: PlannedStep = {
      ...{ step: 'text', columns: [...columns], buckets: 4096, idf: true, normalise: true },
    };
    const own = through(
      [step],
      { kind: 'text' },
      texts('the cat', 'Cat, the!', 'the dog', null),
      4,
    );
    const rows = [0, 1, 2, 3].map((row) =>
      [...own.values()].map((column) => (column as { values: Float64Array }).values[row]!),
    );
    expect(rows[1]).toEqual(rows[0]);
    expect(rows[3]!.every((value) => value === 0)).toBe(true);
    const weights = rows[2]!.filter((value) => value > 0).sort((a, b) => a - b);
    // ln(5/4) + 1 of the word in three of four texts, ln(5/2) + 1 of that in one.
    const [the, dog] = [Math.log(5 / 4) + 1, Math.log(5 / 2) + 1];
    expect(weights[0]).toBeCloseTo(the / Math.hypot(the, dog), 12);
    expect(weights[1]).toBeCloseTo(dog / Math.hypot(the, dog), 12);
  });

  it('read dates, and nothing else', () => {
    const parts = ['year', 'month', 'day', 'weekday', 'day-of-year', 'timestamp'] as const;
    expect(dateParts('2024-02-29', parts)).toEqual([2024, 2, 29, 3, 60, 1709164800]);
    expect(dateParts('1969-12-31T23:59:58.5Z', ['timestamp'])).toEqual([-1.5]);
    expect(dateParts('2024-01-01 00:30:00+02:00', ['hour', 'timestamp'])).toEqual([
      ...[0, Date.parse('2024-01-01T00:30:00+02:00') / 1000],
    ]);
    for (const wrong of ['2023-02-29', '2024-13-01', '1.2.2024', '', '2024-01-01T25:00'])
      expect(dateParts(wrong, parts)).toBeNull();
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
        (day) => {
          const text = day.toISOString();
          expect(dateParts(text, ['timestamp', 'weekday'])).toEqual([
            ...[day.getTime() / 1000, (day.getUTCDay() + 6) % 7],
          ]);
        },
      ),
    );
  });

  it('add up without rounding', () => {
    const exact = (values: readonly number[]) => {
      const sums = new ExactSums(true);
      for (const value of values) sums.add(value);
      return sums;
    };
    expect(nearestQuotient(exact([1e308, 1e308, -1e308, -1e308, 1e-300]).sum(), 1n, -1074)).toBe(
      1e-300,
    );
    expect(nearestQuotient(exact(Array(10).fill(0.1)).sum(), 10n, -1074)).toBe(0.1);
    expect(nearestQuotient(exact([5e-324, 5e-324]).sum(), 1n, -1074)).toBe(1e-323);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 })), (values) => {
        const sums = exact(values);
        const big = values.map(BigInt);
        expect(sums.sum() >> 1074n).toBe(big.reduce((a, b) => a + b, 0n));
        expect(sums.squares() >> 2148n).toBe(big.reduce((a, b) => a + b * b, 0n));
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(nearestQuotient(exact([value]).sum(), 1n, -1074)).toBe(value + 0);
      }),
    );
  });

  it('go with the model in one run of bytes', () => {
    const [pipeline, model] = [Uint8Array.of(1, 2), Uint8Array.of(3)];
    expect(unseal(seal({ pipeline, model }))).toEqual({ pipeline, model });
  });
});
