/**
 * Imports of the real data sets, where they are: named by SHOAL_SHARED, or in ../shared.
 */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importCsv } from '../../datasets/csv-import.ts';
import type { LevelColumn, NumberColumn } from '../../datasets/frame.ts';
import { shardFrames } from '../../datasets/shard-frames.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(process.env.SHOAL_SHARED ?? join(root, '../shared'), 'data');

async function importShared(name: string) {
  const shards: Uint8Array[] = [];
  const manifest = await importCsv({
    name,
    file: `${name}.csv`,
    open: () => createReadStream(join(folder, `${name}.csv`), { highWaterMark: 1 << 18 }),
    rowsPerShard: 5_000,
    onShard: (bytes) => void shards.push(bytes),
  });
  return { manifest, frames: shardFrames(manifest, (index) => shards[index]!) };
}

const there = existsSync(join(folder, 'adult.csv'));
const title = there ? 'real data' : 'real data (skipped: no shared data; set SHOAL_SHARED)';

describe.skipIf(!there)(title, () => {
  it('imports adult: categories, "?" for missing, 24 % positive', async () => {
    const { manifest, frames } = await importShared('adult');
    expect(manifest.rows).toBe(32_561);
    expect(manifest.shards).toHaveLength(7);
    const target = manifest.columns.find(({ name }) => name === 'class')!;
    expect(target.levels).toEqual(['<=50K', '>50K']);
    const missing = manifest.columns.filter(({ stats }) => stats.missing > 0);
    expect(missing.map(({ name, stats }) => [name, stats.missing])).toEqual([
      ['workclass', 1836],
      ['occupation', 1843],
      ['native-country', 583],
    ]);
    let positive = 0;
    for (const frame of frames) {
      for (const code of (frame.columns.get('class') as LevelColumn).codes) positive += code;
    }
    expect(positive).toBe(7_841);
  });

  it('imports california-housing: missing numbers, a rare level', async () => {
    const { manifest, frames } = await importShared('california-housing');
    expect(manifest.rows).toBe(20_640);
    const of = (name: string) => manifest.columns.find((column) => column.name === name)!;
    expect(of('total_bedrooms').stats.missing).toBe(207);
    expect(of('ocean_proximity').levels).toHaveLength(5);
    const island = of('ocean_proximity').levels!.indexOf('ISLAND');
    let islands = 0;
    let missing = 0;
    for (const frame of frames) {
      for (const code of (frame.columns.get('ocean_proximity') as LevelColumn).codes) {
        if (code === island) islands++;
      }
      for (const value of (frame.columns.get('total_bedrooms') as NumberColumn).values) {
        if (Number.isNaN(value)) missing++;
      }
    }
    expect([islands, missing]).toEqual([5, 207]);
  });

  it('imports forest-cover: the classes of a number target are listed', async () => {
    const { manifest } = await importShared('forest-cover');
    expect(manifest.rows).toBe(15_000);
    const target = manifest.columns.find(({ name }) => name === 'Cover_Type')!;
    expect(target.stats).toMatchObject({ integer: true, values: [1, 2, 3, 4, 5, 6, 7] });
    expect(manifest.columns.every(({ storage }) => storage === 'float32')).toBe(true);
  });
});
