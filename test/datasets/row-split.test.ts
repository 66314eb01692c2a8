import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashRow } from '../../datasets/row-hash.ts';
import { inSplit, type RowSplit, splitRows } from '../../datasets/row-split.ts';

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('splitting rows', () => {
  it('gives every row to exactly one part, whatever the shards', () => {
    fc.assert(
      fc.property(
        seed,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(500),
        (s, fraction, from) => {
          const split = { kind: 'holdout', seed: s, fraction } as const;
          const train: RowSplit = { ...split, part: 'train' };
          const test: RowSplit = { ...split, part: 'test' };
          const whole = [...splitRows(test, 0, 1000)];
          const parts = [
            ...splitRows(test, 0, from),
            ...[...splitRows(test, from, 1000 - from)].map((i) => i + from),
          ];
          expect(parts).toEqual(whole);
          expect(splitRows(train, 0, 1000).length + whole.length).toBe(1000);
          for (const row of whole) expect(inSplit(train, row)).toBe(false);
        },
      ),
    );
  });

  it('makes folds that are disjoint and cover all rows', () => {
    const counts = new Int32Array(2000);
    for (let fold = 0; fold < 5; fold++) {
      const split: RowSplit = { kind: 'fold', part: 'test', seed: 7, folds: 5, fold };
      const rows = splitRows(split, 0, 2000);
      expect(rows.length).toBeGreaterThan(330);
      expect(rows.length).toBeLessThan(470);
      for (const row of rows) counts[row]!++;
    }
    expect([...counts]).toEqual(Array.from({ length: 2000 }, () => 1));
  });

  it('takes about the fraction asked for, also past 2^32 rows', () => {
    const split: RowSplit = { kind: 'holdout', part: 'test', seed: 3, fraction: 0.2 };
    for (const first of [0, 2 ** 33]) {
      const share = splitRows(split, first, 100_000).length / 100_000;
      expect(share).toBeGreaterThan(0.19);
      expect(share).toBeLessThan(0.21);
    }
    expect(hashRow(3, 5)).not.toBe(hashRow(3, 5 + 2 ** 32));
  });

  it('takes all rows when told', () => {
    expect([...splitRows({ kind: 'all' }, 9, 3)]).toEqual([0, 1, 2]);
  });
});
