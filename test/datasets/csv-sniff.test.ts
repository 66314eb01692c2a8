import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sniffCsv } from '../../datasets/csv-sniff.ts';
import type { CsvOptions } from '../../datasets/csv-types.ts';
import { dataErrorOf, sourceOf } from '../support/csv-text.ts';

const sniff = (text: string, options?: CsvOptions) => sniffCsv(sourceOf(text), options);

/** The first column of a file with these values. */
async function columnOf(values: readonly (string | number)[], options?: CsvOptions) {
  const { columns, notes } = await sniff(`x\n${values.join('\n')}\n`, options);
  return { ...columns[0]!, notes };
}

const many = <T>(count: number, make: (i: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));

describe('sniffing kinds over the whole file', () => {
  it('measures numbers', async () => {
    const column = await columnOf([3, '?', -1.5, 3, '']);
    expect(column).toMatchObject({
      kind: 'number',
      storage: 'float32',
      stats: { missing: 2, distinct: 2, integer: false, min: -1.5, max: 3, mean: 1.5 },
    });
    expect(column.stats.values).toEqual([-1.5, 3]);
  });

  it('stores float32 only where every value is exact in it, or on request', async () => {
    expect((await columnOf([1, 2, 16_777_216])).storage).toBe('float32');
    expect((await columnOf([1, 2, 16_777_217])).storage).toBe('float64');
    expect((await columnOf([0.5, 0.1])).storage).toBe('float64');
    expect((await columnOf([0.5, 0.1], { storage: 'float32' })).storage).toBe('float32');
  });

  it('lists few different numbers and gives up on many', async () => {
    const few = await columnOf(many(300, (i) => i % 64));
    expect(few.stats.values).toEqual(many(64, (i) => i));
    expect((await columnOf(many(300, (i) => i % 65))).stats.distinct).toBeNull();
    expect((await columnOf(many(300, (i) => i / 3))).stats.distinct).toBeNull();
  });

  it('takes one value that is no number in the last row for what it is, and says so', async () => {
    const column = await columnOf([...many(50_000, (i) => i % 50), 'fifty']);
    expect(column.kind).toBe('category');
    expect(column.stats.distinct).toBe(51);
    expect(column.notes).toEqual(['column "x" is not taken as numbers: line 50002 has "fifty"']);
    const ids = await columnOf([...many(50_000, (i) => i), 'fifty']);
    expect(ids.kind).toBe('text');
  });

  it.each(['1_000', '0x10', 'inf', '1e999', '١'])('does not take %j for a number', async (text) => {
    expect((await columnOf([1, text])).kind).toBe('category');
  });

  it('sorts levels by their UTF-8 bytes', async () => {
    const column = await columnOf(['\u{10000}', '\u{ffff}', 'b', 'a', 'é', 'B', 'a']);
    expect(column.levels).toEqual(['B', 'a', 'b', 'é', '\u{ffff}', '\u{10000}']);
    const bytes = column.levels!.map((level) => Buffer.from(level));
    expect(bytes).toEqual([...bytes].sort(Buffer.compare));
  });

  it('sees booleans', async () => {
    const column = await columnOf(['True', 'FALSE', 'true', 'NA']);
    expect(column).toMatchObject({ kind: 'boolean', levels: ['false', 'true'] });
    expect(column.stats).toEqual({ missing: 1, distinct: 2 });
    expect((await columnOf(['yes', 'no'])).kind).toBe('category');
    expect((await columnOf(['yes', 'N', 1], { kinds: { x: 'boolean' } })).kind).toBe('boolean');
  });

  it('takes mostly unique or very many values for text', async () => {
    expect((await columnOf(many(500, (i) => `id-${i}`))).kind).toBe('text');
    expect((await columnOf(many(50, (i) => `id-${i}`))).kind).toBe('category');
    expect((await columnOf(many(40_000, (i) => `v${i % 10_000}`))).kind).toBe('category');
    expect((await columnOf(many(40_000, (i) => `v${i % 10_001}`))).kind).toBe('text');
    expect((await columnOf(['x'.repeat(300), 'y', 'y', 'y'])).kind).toBe('text');
  });

  it('obeys given kinds', async () => {
    const column = await columnOf([1, 2, 10, 2], { kinds: { x: 'category' } });
    expect(column).toMatchObject({ kind: 'category', levels: ['1', '10', '2'] });
    expect((await columnOf([1, 2], { kinds: { x: 'text' } })).kind).toBe('text');
    const error = await dataErrorOf(columnOf([1, 'two'], { kinds: { x: 'number' } }));
    expect(error).toMatchObject({ code: 'data-value', line: 3, column: 'x', byteOffset: 4 });
  });

  it('takes the missing texts that are given, and the empty one always', async () => {
    const column = await columnOf([1, '-', ''], { missing: ['-'] });
    expect(column).toMatchObject({ kind: 'number', stats: { missing: 2 } });
    expect((await columnOf([1, 'NA'], { missing: ['-'] })).kind).toBe('category');
    expect((await columnOf([1, '"NA"', ' NA '])).stats.missing).toBe(2);
  });

  it('says when a column has no value at all', async () => {
    const { columns, notes } = await sniff('a,b\n1,\n2,NA\n');
    expect(columns[1]).toMatchObject({ kind: 'number', stats: { missing: 2, distinct: 0 } });
    expect(notes).toEqual(['column "b" has no value in any row']);
  });

  it('gives the same schema for any chunking', async () => {
    const row = fc.tuple(
      fc.oneof(fc.integer(), fc.constant('?'), fc.double({ noNaN: true, noDefaultInfinity: true })),
      fc.constantFrom('a', 'b,c', 'd"e', '', 'NA'),
      fc.constantFrom('true', 'false'),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        sizes,
        async (rows, cuts) => {
          const quoted = (text: string) =>
            /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
          const text = `n,c,b\n${rows.map(([n, c, b]) => `${n},${quoted(c)},${b}\n`).join('')}`;
          expect(await sniffCsv(sourceOf(text, cuts))).toEqual(await sniff(text));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('reports progress up to the whole file', async () => {
    const seen: number[] = [];
    const text = `a,b\n${'12345,abcdefgh\n'.repeat(200_000)}`;
    await sniff(text, { onProgress: ({ bytes }) => void seen.push(bytes) });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toBe(text.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});
