/**
 * Statistics in parts: joined, they are those of the whole column, whatever the cuts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinParts, partOf } from '../../datasets/column-part.ts';
import { numberValuesMax } from '../../datasets/data-schema.ts';

const numbers = (values: readonly number[]) =>
  partOf({ kind: 'number', values: Float64Array.from(values) });
const codes = (values: readonly number[]) =>
  partOf({ kind: 'category', codes: Int32Array.from(values) });

/** Cuts a list where told. */
function cut<T>(all: readonly T[], at: readonly number[]): T[][] {
  const marks = [0, ...at.map((mark) => mark % (all.length + 1)).sort((a, b) => a - b), all.length];
  return marks.slice(1).map((end, i) => all.slice(marks[i], end));
}

describe('statistics in parts', () => {
  it('tell of numbers: extremes, mean, missing, whole, the few values', () => {
    const parts = [numbers([3, Number.NaN, 1]), numbers([]), numbers([Number.NaN]), numbers([8])];
    expect(joinParts(parts)).toEqual({
      ...{ missing: 2, distinct: 3, integer: true, min: 1, max: 8, mean: 4 },
      values: [1, 3, 8],
    });
    expect(joinParts([numbers([0.5]), numbers([1])])).toMatchObject({ integer: false });
  });

  it('have neither extremes nor mean where no value is', () => {
    const stats = { missing: 1, distinct: 0, integer: true, values: [] };
    expect(joinParts([numbers([Number.NaN])])).toEqual(stats);
  });

  it('list no values beyond a number of them, in one part or in all together', () => {
    const count = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => from + i);
    const most = joinParts([numbers(count(0, 32)), numbers(count(20, numberValuesMax))]);
    expect(most).toMatchObject({ distinct: numberValuesMax });
    expect(most.values).toHaveLength(numberValuesMax);
    for (const parts of [
      [numbers(count(0, numberValuesMax + 1))],
      [numbers(count(0, 40)), numbers(count(30, numberValuesMax + 1))],
    ]) {
      const stats = joinParts(parts);
      expect(stats.distinct).toBeNull();
      expect(stats).not.toHaveProperty('values');
    }
  });

  it('have no mean past the range of numbers', () => {
    const stats = joinParts([numbers([1e308, 1e308]), numbers([-1e308])]);
    expect(stats).not.toHaveProperty('mean');
    expect(stats).toMatchObject({ min: -1e308, max: 1e308 });
  });

  it('count the levels that occur', () => {
    expect(joinParts([codes([2, -1, 0]), codes([0, 2]), codes([])])).toEqual({
      missing: 1,
      distinct: 2,
    });
  });

  it('do not depend on the cuts, sums of whole numbers included', () => {
    const value = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constant(Number.NaN));
    const marks = fc.array(fc.nat(), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), marks, (all, at) => {
        expect(joinParts(cut(all, at).map(numbers))).toEqual(joinParts([numbers(all)]));
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 5 })), marks, (all, at) => {
        expect(joinParts(cut(all, at).map(codes))).toEqual(joinParts([codes(all)]));
      }),
    );
  });
});
