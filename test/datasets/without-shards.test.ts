/**
 * A data set without some of its shards is a data set of its own, with the rows of one that never had
 * them.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { importCsv } from '../../datasets/csv-import.ts';
import type { Frame } from '../../datasets/frame.ts';
import { encodeManifest, type Manifest, parseManifest } from '../../datasets/manifest.ts';
import { shardFrames } from '../../datasets/shard-frames.ts';
import { withoutShards } from '../../datasets/without-shards.ts';
import { sourceOf } from '../support/csv-text.ts';

const rows = 67;
const perShard = 10;
const stored = new Map<string, Uint8Array>();
let whole: Manifest;

function linesOf(kept: (row: number) => boolean): string {
  const lines = ['size,colour,label'];
  for (let i = 0; i < rows; i += 1) {
    const colour = ['red', 'green', 'blue'][i % 3];
    if (kept(i))
      lines.push(`${i % 5 === 0 ? '' : i * 1.5},${colour},${i % 2 === 0 ? 'yes' : 'no'}`);
  }
  return `${lines.join('\n')}\n`;
}

function imported(text: string): Promise<Manifest> {
  return importCsv({
    name: 'demo',
    file: 'demo.csv',
    open: sourceOf(text),
    rowsPerShard: perShard,
    onShard: (bytes, entry) => {
      stored.set(entry.sha256, Uint8Array.from(bytes));
    },
  });
}

/** All rows in order, as values. */
function rowsOf(manifest: Manifest): unknown[] {
  const shard = (i: number) => stored.get(manifest.shards[i]?.sha256 ?? '') as Uint8Array;
  return [...shardFrames(manifest, shard)].flatMap((frame) =>
    Array.from({ length: frame.rows }, (_, i) => [frame.firstRow + i, ...rowOf(frame, i)]),
  );
}

function rowOf(frame: Frame, i: number): unknown[] {
  return [...frame.columns.values()].map((column) =>
    column.kind === 'number' ? column.values[i] : column.kind === 'text' ? null : column.codes[i],
  );
}

beforeAll(async () => {
  whole = await imported(linesOf(() => true));
});

describe('a data set without some of its shards', () => {
  it('[F29] has the rows of one that never had them, counted anew', async () => {
    const { shards } = whole;
    for (const without of [[0], [3], [6], [1, 2, 5]]) {
      const left = withoutShards(whole, without);
      const missing = without.map((shard) => shards[shard] as (typeof shards)[number]);
      const kept = (row: number) =>
        !missing.some(({ firstRow, rows: count }) => row >= firstRow && row < firstRow + count);
      const never = await imported(linesOf(kept));
      expect(rowsOf(left)).toEqual(rowsOf(never));
      expect(left.rows).toBe(never.rows);
      expect(left.columns.map(({ levels }) => levels)).toEqual(never.columns.map((c) => c.levels));
      expect(left.leftOut).toMatchObject({ rows, shards: without });
    }
  });

  it('is read as it was written, whatever is left out', () => {
    const some = fc.uniqueArray(fc.nat({ max: 6 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(some, (without) => {
        const left = withoutShards(whole, without);
        expect(parseManifest(encodeManifest(left))).toEqual(left);
        const count = left.shards.reduce((sum, shard) => sum + shard.rows, 0);
        expect([left.rows, left.shards.length]).toEqual([count, 7 - without.length]);
        expect(withoutShards(whole, [...without].reverse())).toEqual(left);
      }),
    );
  });

  it('is the whole one where nothing is left out; never an empty one', () => {
    expect(withoutShards(whole, [])).toBe(whole);
    expect(() => withoutShards(whole, [7])).toThrow('there is no shard 7; the shards are 0 to 6');
    expect(() => withoutShards(whole, [0, 1, 2, 3, 4, 5, 6])).toThrow('all 7 shards are left out');
  });

  it('is refused where its numbers contradict each other', () => {
    const left = withoutShards(whole, [0, 2]);
    const changed = (change: object) => () => parseManifest(encodeManifest({ ...left, ...change }));
    expect(changed({ split: { rule: 'contiguous', shards: 5 } })).toThrow('shards[');
    expect(changed({ rows: left.rows + 1 })).toThrow('rows');
    const shards = left.shards.map((shard, i) => (i === 1 ? { ...shard, rows: 0 } : shard));
    expect(changed({ shards })).toThrow('shards[1].rows');
    const leftOut = { ...left.leftOut, shards: [2, 2] };
    expect(changed({ leftOut })).toThrow('ascending numbers of shards');
    expect(changed({ leftOut: { ...left.leftOut, rows: 3 } })).toThrow('leftOut.rows');
  });
});
