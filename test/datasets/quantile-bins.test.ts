/**
 * Bins: their bounds, their order, what falls where, and independence of row order and framing.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ColumnBins,
  levelBins,
  midway,
  numbersOf,
  quantileBins,
  writeBins,
} from '../../datasets/quantile-bins.ts';
import { RowSample } from '../../datasets/row-sample.ts';

function binsOf(bins: ColumnBins, values: Float64Array): number[] {
  const rows = Int32Array.from(values, (_, i) => i);
  const out = new Uint8Array(values.length * 3);
  writeBins(bins, values, rows, out, 1, 3);
  return Array.from(values, (_, i) => out[1 + 3 * i]!);
}

const values = fc.array(
  fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ noNaN: true }), fc.constant(-0)),
  { minLength: 1, maxLength: 400 },
);

describe('quantile bins', () => {
  it('few distinct values get a bin each', () => {
    const bins = quantileBins(Float64Array.of(5, 1, 5, 2, 1), 255);
    expect([bins.count, [...bins.lower], [...bins.upper]]).toEqual([3, [1, 2, 5], [1, 2, 5]]);
    expect([...bins.edges.subarray(0, 3)]).toEqual([1.5, 3.5, Infinity]);
    expect(binsOf(bins, Float64Array.of(-9, 1.5, 1.6, 9, NaN, Infinity))).toEqual([
      0, 0, 1, 2, 3, 2,
    ]);
  });

  it('many values get bins of about equal frequency, a frequent value its own', () => {
    const many = Float64Array.from({ length: 10_000 }, (_, i) => (i < 3000 ? 0.5 : i));
    const bins = quantileBins(many.slice(), 100);
    expect(bins.count).toBe(100);
    expect(bins.upper[0]).toBe(0.5);
    const sizes = new Array<number>(100).fill(0);
    for (const bin of binsOf(bins, many)) sizes[bin]!++;
    expect(sizes[0]).toBe(3000);
    expect(Math.max(...sizes.slice(1))).toBeLessThanOrEqual(72);
    expect(Math.min(...sizes.slice(1))).toBeGreaterThanOrEqual(70);
  });

  it('codes keep the order of values, and values lie within the bounds of their bin', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 255 }), (list, binsMax) => {
        const column = Float64Array.from(list);
        const bins = quantileBins(column.slice(), binsMax);
        expect(bins.count).toBeLessThanOrEqual(binsMax);
        expect(bins.count).toBe(Math.min(bins.count, new Set(list.map((v) => v + 0)).size));
        if (new Set(list.map((v) => v + 0)).size <= binsMax) {
          expect([...bins.lower]).toEqual([...bins.upper]);
        }
        const codes = binsOf(bins, column);
        codes.forEach((code, i) => {
          expect(code).toBeLessThan(bins.count);
          expect(column[i]! >= bins.lower[code]! && column[i]! <= bins.upper[code]!).toBe(true);
        });
        const shuffled = quantileBins(column.toReversed(), binsMax);
        expect([...shuffled.edges]).toEqual([...bins.edges]);
      }),
    );
  });

  it('a column without values has one bin', () => {
    const bins = quantileBins(new Float64Array(0));
    expect(binsOf(bins, Float64Array.of(NaN, 7))).toEqual([1, 0]);
  });

  it('levels are bins in their order; too many share', () => {
    const column = { kind: 'category' as const, codes: Int32Array.of(0, 2, -1, 1) };
    expect(binsOf(levelBins(3), numbersOf(column) as Float64Array)).toEqual([0, 2, 3, 1]);
    expect(levelBins(0).count).toBe(1);
    const codes = Float64Array.from({ length: 1000 }, (_, i) => i);
    const bins = levelBins(1000);
    const found = binsOf(bins, codes);
    expect(new Set(found).size).toBe(255);
    found.forEach((bin, code) => {
      expect(code >= bins.lower[bin]! && code <= bins.upper[bin]!).toBe(true);
    });
  });

  it('midway stays between', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        if (low === high) return;
        const middle = midway(low, high);
        expect(middle >= low && middle < high).toBe(true);
      }),
    );
  });
});

describe('row sample', () => {
  it('does not depend on the order or framing of rows, keeps all when few', () => {
    const column = Float64Array.from({ length: 5000 }, (_, i) => i);
    const take = (capacity: number, frames: readonly (readonly [number, number])[]) => {
      const sample = new RowSample(3, 1, capacity);
      for (const [from, to] of frames) {
        const rows = Int32Array.from({ length: to - from }, (_, i) => i);
        sample.add(from, rows, [column.subarray(from, to)]);
      }
      return [...sample.column(0).sort()];
    };
    const whole = take(1000, [[0, 5000]]);
    expect(whole.length).toBeGreaterThan(400);
    expect(whole.length).toBeLessThanOrEqual(1000);
    expect(
      take(1000, [
        [3000, 5000],
        [0, 17],
        [17, 3000],
      ]),
    ).toEqual(whole);
    expect(take(5000, [[0, 5000]])).toHaveLength(5000);
  });
});
