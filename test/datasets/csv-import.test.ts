import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importCsv } from '../../datasets/csv-import.ts';
import type { CsvOptions } from '../../datasets/csv-types.ts';
import type { LevelColumn, NumberColumn, TextColumn } from '../../datasets/frame.ts';
import {
  encodeManifest,
  type Manifest,
  manifestDigest,
  parseManifest,
} from '../../datasets/manifest.ts';
import { decodeShard } from '../../datasets/shard.ts';
import { shardFrames } from '../../datasets/shard-frames.ts';
import { shardCount, shardSpans } from '../../datasets/shard-plan.ts';
import { syntheticCsv } from '../../datasets/synthetic.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { dataErrorOf, sourceOf } from '../support/csv-text.ts';

interface Imported {
  readonly manifest: Manifest;
  readonly shards: Uint8Array[];
}

async function imported(
  text: string | Uint8Array,
  options: CsvOptions & { rowsPerShard?: number } = {},
  sizes?: readonly number[],
): Promise<Imported> {
  const shards: Uint8Array[] = [];
  const manifest = await importCsv({
    name: 'sample',
    file: 'sample.csv',
    open: sourceOf(text, sizes),
    onShard: (bytes) => void shards.push(bytes),
    ...options,
  });
  return { manifest, shards };
}

/** All cells of a data set as values: number, text, or null where missing. */
function cellsOf({ manifest, shards }: Imported): (number | string | null)[][] {
  const rows: (number | string | null)[][] = [];
  const decoder = new TextDecoder();
  for (const frame of shardFrames(manifest, (index) => shards[index]!)) {
    expect(frame.firstRow).toBe(rows.length);
    for (let row = 0; row < frame.rows; row++) {
      rows.push(
        manifest.columns.map((schema) => {
          const column = frame.columns.get(schema.name)!;
          if (column.kind === 'number') {
            return Number.isNaN(column.values[row]!) ? null : column.values[row]!;
          }
          if (column.kind === 'text') {
            const { bytes, offsets, present } = column;
            if (present[row] === 0) return null;
            return decoder.decode(bytes.subarray(offsets[row]!, offsets[row + 1]!));
          }
          return schema.levels![column.codes[row]!] ?? null;
        }),
      );
    }
  }
  return rows;
}

const mixed = 'n,c,t,b\n1,x,id-1,true\n2.5,?,"id ""2""",false\nNA,"y, z",,\n-3,x,id-4,TRUE\n';
const kinds = { t: 'text' } as const;

describe('importing CSV', () => {
  it('brings every cell through Arrow and back', async () => {
    const data = await imported(mixed, { kinds });
    expect(cellsOf(data)).toEqual([
      [1, 'x', 'id-1', 'true'],
      [2.5, null, 'id "2"', 'false'],
      [null, 'y, z', null, null],
      [-3, 'x', 'id-4', 'true'],
    ]);
    expect(data.manifest.columns.map(({ kind }) => kind)).toEqual([
      'number',
      'category',
      'text',
      'boolean',
    ]);
    expect(cellsOf(await imported(mixed, { kinds, rowsPerShard: 1 }))).toEqual(cellsOf(data));
  });

  it('gives the same bytes whatever the chunks, run after run', async () => {
    const whole = await imported(mixed, { kinds, rowsPerShard: 2 });
    expect(whole.manifest.shards).toHaveLength(2);
    for (const sizes of [[1], [3, 1, 7], [1000]]) {
      const again = await imported(mixed, { kinds, rowsPerShard: 2 }, sizes);
      expect(manifestDigest(again.manifest)).toBe(manifestDigest(whole.manifest));
      expect(again.shards).toEqual(whole.shards);
    }
  });

  it('[P02] [P58] [P86] cuts into disjoint, even shards whose union is the data set, by a recorded rule', async () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.double({ min: 1, max: 4000, noNaN: true }),
        (rows, bytesPerRow) => {
          const count = shardCount(rows, bytesPerRow);
          const spans = shardSpans(rows, count);
          let next = 0;
          for (const span of spans) {
            expect(span.firstRow).toBe(next);
            next += span.rows;
          }
          expect(next).toBe(rows);
          const most = Math.max(...spans.map((span) => span.rows));
          expect(most / (rows / count)).toBeLessThan(1.05);
        },
      ),
    );
    const text = new Uint8Array(
      Buffer.concat([...syntheticCsv({ kind: 'mixed', rows: 3_001, seed: 5 })]),
    );
    const { manifest, shards } = await imported(text, { rowsPerShard: 500 });
    expect(manifest.split).toEqual({ rule: 'contiguous', shards: 7 });
    expect(shards).toHaveLength(7);
    const ids = cellsOf({ manifest, shards }).map((row) => row[0]);
    expect(ids).toEqual(Array.from({ length: 3_001 }, (_, i) => `C${String(i).padStart(8, '0')}`));
    const whole = await imported(text);
    expect(cellsOf(whole)).toEqual(cellsOf({ manifest, shards }));
    const most = Math.max(...manifest.shards.map((shard) => shard.rows));
    expect(most / (3_001 / 7)).toBeLessThan(1.05);
  });

  it('reads only the columns asked for, into shared memory when told', async () => {
    const { manifest, shards } = await imported(mixed, { kinds });
    const frame = decodeShard(shards[0]!, manifest, 0, ['c', 'n'], { shared: true });
    expect([...frame.columns.keys()]).toEqual(['c', 'n']);
    const { codes } = frame.columns.get('c') as LevelColumn;
    const { values } = frame.columns.get('n') as NumberColumn;
    expect(codes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...codes]).toEqual([0, -1, 1, 0]);
    expect([...values]).toEqual([1, 2.5, Number.NaN, -3]);
    const text = decodeShard(shards[0]!, manifest, 0, ['t'], { shared: true }).columns.get('t');
    expect((text as TextColumn).bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('reads a shard whose bytes lie at an odd offset', async () => {
    const data = await imported(mixed, { kinds });
    const odd = new Uint8Array(data.shards[0]!.length + 3).subarray(3);
    odd.set(data.shards[0]!);
    expect(cellsOf({ ...data, shards: [odd] })).toEqual(cellsOf(data));
  });

  it('refuses bytes that are not the shard of the manifest', async () => {
    const { manifest, shards } = await imported(mixed, { kinds, rowsPerShard: 2 });
    const codeOf = async (bytes: Uint8Array, index: number, changed = manifest) =>
      (await dataErrorOf((async () => decodeShard(bytes, changed, index))())).code;
    const bent = Uint8Array.from(shards[0]!);
    bent[bent.length >> 1]! ^= 1;
    expect(await codeOf(bent, 0)).toBe('data-digest');
    expect(await codeOf(shards[0]!.subarray(1), 0)).toBe('data-digest');
    expect(await codeOf(shards[1]!, 0)).toBe('data-digest');
    expect(await codeOf(shards[0]!, 2)).toBe('data-shard');
    // Bytes that do fit a manifest which lies about them.
    const lying = (bytes: Uint8Array, change: Partial<Manifest>): Manifest => ({
      ...manifest,
      ...change,
      shards: [{ index: 0, firstRow: 0, rows: 2, bytes: bytes.length, sha256: sha256Hex(bytes) }],
    });
    const noise = Buffer.from('not arrow at all, just some text that is long enough');
    expect(await codeOf(noise, 0, lying(noise, {}))).toBe('data-shard');
    expect(
      await codeOf(shards[0]!.subarray(0, 900), 0, lying(shards[0]!.subarray(0, 900), {})),
    ).toBe('data-shard');
    const columns = manifest.columns.map((column) =>
      column.name === 'c' ? { ...column, levels: [] } : column,
    );
    expect(await codeOf(shards[0]!, 0, lying(shards[0]!, { columns }))).toBe('data-shard');
    const swapped = [manifest.columns[1]!, manifest.columns[0]!, ...manifest.columns.slice(2)];
    expect(await codeOf(shards[0]!, 0, lying(shards[0]!, { columns: swapped }))).toBe('data-shard');
  });

  it('refuses a shard with any byte changed', async () => {
    const { manifest, shards } = await imported(mixed, { kinds });
    const bytes = shards[0]!;
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const bent = Uint8Array.from(bytes);
        bent[at]! ^= bits;
        expect(() => decodeShard(bent, manifest, 0)).toThrow(
          expect.objectContaining({ code: 'data-digest' }),
        );
      }),
    );
  });

  it('hands the bytes to a digest of the caller', async () => {
    const manifest = await importCsv({
      name: 'sample',
      open: sourceOf(mixed),
      rowsPerShard: 1,
      digest: async () => 'ab'.repeat(32),
      onShard: () => {},
    });
    expect(manifest.shards.map(({ sha256 }) => sha256)).toEqual(Array(4).fill('ab'.repeat(32)));
  });

  it('hands shards to onShard in order, each once the last is stored', async () => {
    const seen: number[] = [];
    let storing = 0;
    await importCsv({
      name: 'sample',
      open: sourceOf(mixed),
      rowsPerShard: 1,
      onShard: async (bytes, entry) => {
        expect(storing++).toBe(0);
        expect(bytes.length).toBe(entry.bytes);
        expect(sha256Hex(bytes)).toBe(entry.sha256);
        seen.push(entry.index);
        await null;
        storing--;
      },
    });
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it.each(['', 'a b', 'x'.repeat(65), '../x', 'a.b'])('refuses the name %j', async (name) => {
    const done = importCsv({ name, open: sourceOf(mixed), onShard: () => {} });
    expect((await dataErrorOf(done)).code).toBe('data-option');
  });
});

describe('the manifest', () => {
  it('comes back from its bytes, and equal manifests have equal bytes', async () => {
    const { manifest } = await imported(mixed, { kinds, rowsPerShard: 2 });
    const bytes = encodeManifest(manifest);
    expect(parseManifest(bytes)).toEqual(manifest);
    expect(encodeManifest(parseManifest(bytes))).toEqual(bytes);
    expect(manifestDigest(manifest)).toBe(sha256Hex(bytes));
  });

  it('refuses what is unsound, and says where', async () => {
    const { manifest } = await imported(mixed, { kinds, rowsPerShard: 2 });
    // biome-ignore lint/suspicious/noExplicitAny: the copy is to be broken in every way
    type Broken = any;
    const changed = (change: (copy: Broken) => void): Uint8Array => {
      const copy = JSON.parse(new TextDecoder().decode(encodeManifest(manifest)));
      change(copy);
      return new TextEncoder().encode(JSON.stringify(copy));
    };
    const cases: [(copy: Broken) => void, RegExp][] = [
      [(m) => (m.format = 2), /format is 2/],
      [(m) => (m.rows = 5), /shards\[1\]/],
      [(m) => (m.rows = -1), /manifest.rows is -1/],
      [(m) => (m.name = '../etc'), /name/],
      [(m) => m.shards.pop(), /manifest.shards/],
      [(m) => (m.shards[1].firstRow = 1), /shards\[1\].firstRow is 1, expected .* 2/],
      [(m) => (m.shards[0].sha256 = 'xyz'), /sha256/],
      [(m) => (m.columns[0].name = 'other'), /schema/],
      [(m) => (m.columns[1].levels = ['z', 'y']), /ascending/],
      [(m) => (m.columns[1].name = 'n'), /"n" is there twice/],
      [(m) => (m.columns[0].kind = 'blob'), /kind/],
      [(m) => (m.columns[0].stats.missing = 99), /missing/],
      [(m) => (m.split = { rule: 'random', shards: 2 }), /contiguous/],
      [(m) => delete m.source, /source/],
    ];
    for (const [change, says] of cases) {
      const error = await dataErrorOf((async () => parseManifest(changed(change)))());
      expect(error.code).toBe('data-manifest');
      expect(error.message).toMatch(says);
    }
    for (const bytes of [Buffer.from('[]'), Buffer.from('{"format":1'), Uint8Array.of(0xff)]) {
      expect(() => parseManifest(bytes)).toThrow(/manifest|JSON/);
    }
  });

  it('survives any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(() => parseManifest(new TextEncoder().encode(json))).toThrow(
          expect.objectContaining({ code: 'data-manifest' }),
        );
      }),
    );
  });
});
