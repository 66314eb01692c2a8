/** Slices: every row in one slice, of one shard, cut by the data set alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardSpans } from '../../datasets/shard-plan.ts';
import { sliceSpan, slicesPerShard } from '../../datasets/slices.ts';

const shape = fc
  .tuple(fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 1, max: 60 }))
  .map(([rows, shards]) => ({ rows, shards: Math.min(shards, rows) }));

describe('slices', () => {
  it('are disjoint, cover every row in order, and lie in one shard each', () => {
    fc.assert(
      fc.property(shape, ({ rows, shards }) => {
        const spans = shardSpans(rows, shards);
        const perShard = slicesPerShard(rows, shards);
        let next = 0;
        for (let slice = 0; slice < shards * perShard; slice++) {
          const { shard, firstRow, rows: own } = sliceSpan(spans, perShard, slice);
          expect(firstRow).toBe(next);
          expect(own).toBeGreaterThan(0);
          expect(shard).toBe(Math.floor(slice / perShard));
          const whole = spans[shard]!;
          expect(firstRow).toBeGreaterThanOrEqual(whole.firstRow);
          expect(firstRow + own).toBeLessThanOrEqual(whole.firstRow + whole.rows);
          next = firstRow + own;
        }
        expect(next).toBe(rows);
        expect(() => sliceSpan(spans, perShard, shards * perShard)).toThrow(RangeError);
      }),
    );
  });

  it('are as even as whole rows allow, and none is cut so small that messages cost more', () => {
    fc.assert(
      fc.property(shape, ({ rows, shards }) => {
        const spans = shardSpans(rows, shards);
        const perShard = slicesPerShard(rows, shards);
        const sizes = Array.from(
          { length: shards * perShard },
          (_, slice) => sliceSpan(spans, perShard, slice).rows,
        );
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2);
        if (perShard > 1) expect(Math.min(...sizes)).toBeGreaterThanOrEqual(255);
      }),
    );
  });

  it.each([
    [60, 3, 1],
    [256, 1, 1],
    [512, 1, 2],
    [4_095, 1, 15],
    [4_096, 1, 16],
    [200_000, 1, 16],
    [200_000, 3, 6],
    [2_000_000, 16, 1],
    [2_000_000, 60, 1],
  ])('%i rows in %i shards are cut into %i slices a shard', (rows, shards, wanted) => {
    expect(slicesPerShard(rows, shards)).toBe(wanted);
  });

  it('[P02] a data set of one shard can still be held by 16 nodes', () => {
    const perShard = slicesPerShard(48_842, 1);
    expect(perShard).toBe(16);
    const last = sliceSpan(shardSpans(48_842, 1), perShard, 15);
    expect(last).toEqual({ shard: 0, firstRow: 45_789, rows: 3_053 });
  });
});
