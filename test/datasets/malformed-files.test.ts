/** Malformed JSON lines, Parquet, Arrow and packed files: a typed error with place and fix, always. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../datasets/data-error.ts';
import type { DataFile } from '../../datasets/raw-table.ts';
import { dataErrorOf } from '../support/csv-text.ts';
import { arrowOf, type Cells, importedFrom, memoryFile, parquetOf } from '../support/data-files.ts';

const refused = (...files: DataFile[]): Promise<DataError> => dataErrorOf(importedFrom(files));

describe('JSON lines', () => {
  const good = '{"a":1,"b":"x"}\n';
  it.each([
    ['a list', '[1,2]', 'data-json', 'a list stands here'],
    ['a bare value', '1', 'data-json', '"{" belongs here'],
    ['a nested object', '{"a":1,"b":{"c":1}}', 'data-nested', 'the value is an object'],
    ['a nested list', '{"a":1,"b":[1]}', 'data-nested', 'the value is a list'],
    ['a key twice', '{"a":1,"a":2}', 'data-duplicate-column', '"a" comes twice'],
    ['a number out of range', '{"a":1e400}', 'data-value', '"1e400" is beyond'],
    ['Infinity', '{"a":Infinity}', 'data-json', '"Infinity" is not a JSON value'],
    ['a leading zero', '{"a":007}', 'data-json', '"007" is not a JSON value'],
    ['a bare word', '{"a":yes}', 'data-json', '"yes" is not a JSON value'],
    ['another kind', '{"a":"one"}', 'data-value', '"one" is a text, and the column held numbers'],
    ['an open quote', '{"a":1,"b":"x}', 'data-json', 'a quote opens here'],
    ['an open object', '{"a":1', 'data-json', 'belongs here'],
    ['two objects', '{"a":1}{"a":2}', 'data-json', 'something follows the object'],
    ['a name without quotes', '{a:1}', 'data-json', 'a name in quotes belongs here'],
    ['an escape that is none', '{"a":1,"b":"\\q"}', 'data-json', 'an escape that is none'],
    ['half a surrogate pair', '{"a":1,"b":"\\ud800"}', 'data-json', 'half a surrogate pair'],
    ['an escaped NUL', '{"a":1,"b":"\\u0000"}', 'data-json', 'a NUL character'],
    ['a control character', '{"a":1,"b":"\u0001"}', 'data-json', 'a control character'],
    ['an empty name', '{"a":1,"":2}', 'data-column-name', 'is empty'],
  ])('refuses %s by line', async (_, line, code, words) => {
    const error = await refused(memoryFile('t.jsonl', `${good}\n${line}\n${good}`));
    expect(error).toMatchObject({ code, file: 't.jsonl', line: 3 });
    expect(error.message).toContain(words);
    expect(error.fix).not.toBe('');
  });

  it('refuses bytes that are no text, and lines without an end', async () => {
    const latin = Buffer.from('{"a":"caf\xe9"}\n', 'latin1');
    expect(
      await refused(memoryFile('t.jsonl', Buffer.concat([Buffer.from(good), latin]))),
    ).toMatchObject({
      code: 'data-encoding',
      line: 2,
      byteOffset: 25,
    });
    expect(await refused(memoryFile('t.jsonl', `{"a":"${'x'.repeat(70_000)}"}`))).toMatchObject({
      code: 'data-field-too-long',
    });
    expect(await refused(memoryFile('t.jsonl', `{"a":"${'x'.repeat(3_000_000)}`))).toMatchObject({
      code: 'data-line-too-long',
    });
    expect(await refused(memoryFile('t.jsonl', '\n \n'))).toMatchObject({ code: 'data-no-rows' });
    expect(await refused(memoryFile('t.jsonl', '{}\n{}\n'))).toMatchObject({
      code: 'data-no-columns',
    });
  });

  it('reaches no prototype, and no depth', async () => {
    const text = '{"__proto__":1,"constructor":2,"toString":3}\n';
    const { manifest } = await importedFrom([memoryFile('t.jsonl', text)]);
    expect(manifest.columns.map(({ name }) => name)).toEqual([
      '__proto__',
      'constructor',
      'toString',
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const deep = `{"a":${'['.repeat(100_000)}`;
    expect(await refused(memoryFile('t.jsonl', deep))).toMatchObject({ code: 'data-nested' });
  });

  it('takes rows that lack a name, have it anew or in another order as rows with a missing value', async () => {
    const text = '{"a":1}\n{"b":"x","a":2}\n{"b":null,"c":true}\n{}\n{"\\u0061":NaN}\n';
    const { manifest } = await importedFrom([memoryFile('t.jsonl', text)]);
    expect(manifest.rows).toBe(5);
    expect(manifest.columns.map(({ name, kind, stats }) => [name, kind, stats.missing])).toEqual([
      ['a', 'number', 3],
      ['b', 'category', 4],
      ['c', 'boolean', 4],
    ]);
  });

  it('gives a value to each of the cells, however the file is cut', async () => {
    const rows = fc.array(
      fc.record({
        a: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
        'b"é': fc.option(fc.string({ minLength: 1, unit: 'grapheme' })),
      }),
      { minLength: 1, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (records, sizes) => {
          const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
          if (text.includes('\\u0000')) return;
          const whole = await importedFrom([memoryFile('t.jsonl', text)]);
          const cut = await importedFrom([memoryFile('t.jsonl', text, sizes)]);
          expect(cut.manifest).toEqual(whole.manifest);
          const nulls = records.filter(({ a }) => a === null).length;
          expect(whole.manifest.columns[0]?.stats.missing).toBe(nulls);
        },
      ),
      { numRuns: 40 },
    );
  });
});

const columns: readonly Cells[] = [
  {
    name: 'n',
    kind: 'number',
    values: Array.from({ length: 50 }, (_, i) => (i % 7 === 0 ? null : i / 3)),
  },
  { name: 'c', kind: 'text', values: Array.from({ length: 50 }, (_, i) => `level ${i % 5}`) },
  { name: 'b', kind: 'boolean', values: Array.from({ length: 50 }, (_, i) => i % 2 === 0) },
];

describe.each([
  ['Parquet', 't.parquet', parquetOf(columns, { rowGroupSize: 20 })],
  ['Arrow', 't.arrow', arrowOf(columns, { dictionaries: true, rows: 20 })],
  ['an Arrow stream', 't.arrows', arrowOf(columns, { stream: true, rows: 20 })],
] as const)('%s', (_, name, bytes) => {
  it('is refused where it is cut off, at any byte', async () => {
    for (let size = 0; size < bytes.length; size += 1 + Math.floor(bytes.length / 150)) {
      const error = await dataErrorOf(
        importedFrom([memoryFile(name, bytes.subarray(0, size))], {
          format: name === 't.parquet' ? 'parquet' : 'arrow',
        }),
      );
      expect(error).toMatchObject({ code: 'data-format', file: name });
    }
  });
});

describe('values of typed files', () => {
  it('are refused where they are infinite or no text, by row and column', async () => {
    const infinite: Cells = { name: 'x', kind: 'number', values: [1, 2, Number.POSITIVE_INFINITY] };
    for (const write of [parquetOf, arrowOf]) {
      expect(await refused(memoryFile('t', write([infinite])))).toMatchObject({
        code: 'data-value',
        row: 3,
        column: 'x',
        message: expect.stringContaining('t, row 3, column "x": Infinity is not a finite number'),
      });
    }
    const latin = parquetOf([{ name: 'x', kind: 'text', values: ['fine', 'caf~'] }], {
      codec: 'UNCOMPRESSED',
      statistics: false,
    });
    latin[Buffer.from(latin).indexOf('caf~') + 3] = 0xe9;
    expect(await refused(memoryFile('t.parquet', latin))).toMatchObject({
      code: 'data-encoding',
      row: 2,
      column: 'x',
    });
  });
});

describe('packed files', () => {
  const csv = Buffer.from(
    `x,y\n${Array.from({ length: 5_000 }, (_, i) => `${i},${(i * 7919) % 1009}\n`).join('')}`,
  );

  it.each([
    ['gzip', 't.csv.gz', gzipSync(csv)],
    ['zstd', 't.csv.zst', zstdCompressSync(csv)],
  ] as const)('of %s are refused where they are cut off or damaged', async (_, name, packed) => {
    const cut = packed.subarray(0, packed.length - 9);
    expect(await refused(memoryFile(name, cut))).toMatchObject({
      code: 'data-packing',
      file: name,
    });
    const damaged = Buffer.from(packed);
    for (let i = 2_000; i < 2_010; i++) damaged[i] = damaged[i]! ^ 0xff;
    expect(await refused(memoryFile(name, damaged))).toBeInstanceOf(DataError);
  });

  it('that swell beyond reason are refused before they fill anything', async () => {
    // A row of a few hundred bytes over and over: legal CSV, a thousandth of its size.
    const row = `${'1'.repeat(15)},${'"a"'}\n`.repeat(16_384);
    const bomb = zstdCompressSync(Buffer.from(`x,y\n${row.repeat(400)}`));
    const error = await refused(memoryFile('t.csv.zst', bomb));
    expect(error).toMatchObject({ code: 'data-packing', file: 't.csv.zst' });
    expect(error.message).toContain('the most is 500 times as many');
  });
});
