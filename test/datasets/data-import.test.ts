/** Import of every format: one data set for one content, several files as one, and what is refused. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataFile } from '../../datasets/raw-table.ts';
import { dataErrorOf } from '../support/csv-text.ts';
import {
  arrowOf,
  type Cells,
  contentOf,
  csvOf,
  importedFrom,
  jsonLinesOf,
  memoryFile,
  parquetOf,
} from '../support/data-files.ts';

const columns: readonly Cells[] = [
  { name: 'n', kind: 'number', values: [1, 2.5, null, -3, 0.1, 1e300] },
  { name: 'c', kind: 'text', values: ['x', null, 'y, "z"', 'x', 'é\nü', 'y, "z"'] },
  { name: 'b', kind: 'boolean', values: [true, false, null, true, false, true] },
];

function filesOf(cells: readonly Cells[]): Readonly<Record<string, DataFile>> {
  const csv = Buffer.from(csvOf(cells));
  const json = Buffer.from(jsonLinesOf(cells));
  return {
    csv: memoryFile('t.csv', csv),
    'csv.gz': memoryFile('t.csv.gz', gzipSync(csv), [7]),
    'csv.zst': memoryFile('t.csv.zst', zstdCompressSync(csv)),
    jsonl: memoryFile('t.jsonl', json, [3]),
    'ndjson.gz': memoryFile('t.ndjson.gz', gzipSync(json)),
    'jsonl.zst': memoryFile('t.jsonl.zst', zstdCompressSync(json)),
    parquet: memoryFile('t.parquet', parquetOf(cells, { rowGroupSize: 4 })),
    'parquet of plain pages': memoryFile('t.pq', parquetOf(cells, { codec: 'UNCOMPRESSED' })),
    arrow: memoryFile('t.arrow', arrowOf(cells)),
    'arrow stream': memoryFile('t', arrowOf(cells, { stream: true, rows: 2 }), [5]),
    feather: memoryFile('t.feather', arrowOf(cells, { dictionaries: true, rows: 3 })),
  };
}

describe('import', () => {
  it('gives one data set for one content, whatever the format', async () => {
    const files = Object.entries(filesOf(columns));
    const wanted = contentOf(await importedFrom([files[0]![1]], { rowsPerShard: 4 }));
    for (const [format, file] of files) {
      const found = await importedFrom([file], { rowsPerShard: 4 });
      expect(contentOf(found), format).toEqual(wanted);
    }
  });

  it('gives equal shards for any cells that all formats can hold', async () => {
    const texts = fc.stringMatching(/^[a-dé0-9 ,"]{1,6}[a-z]$/).filter((t) => t === t.trim());
    const cell = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 4 });
    const row = fc.tuple(
      cell(fc.double({ noNaN: true, noDefaultInfinity: true })),
      cell(texts.filter((t) => !['nan', 'null', 'true', 'false', 'inf'].includes(t))),
      cell(fc.boolean()),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        // A first row with values settles the kinds, which a CSV file cannot say.
        const all = [[1.5, 'first', true] as const, ...rows];
        const cells = (['number', 'text', 'boolean'] as const).map((kind, i) => ({
          name: `c${i}`,
          kind,
          values: all.map((values) => values[i]!),
        }));
        const names = ['csv', 'jsonl', 'parquet', 'feather'];
        const files = filesOf(cells);
        const found = [];
        for (const name of names) {
          found.push(contentOf(await importedFrom([files[name]!], { rowsPerShard: 9 })));
        }
        for (const other of found.slice(1)) expect(other).toEqual(found[0]);
      }),
      { numRuns: 60 },
    );
  });

  it('takes several files as one, whatever their packing, as if they were one file', async () => {
    const parts = [0, 1, 2].map((k) =>
      columns.map((column) => ({ ...column, values: column.values.slice(2 * k, 2 * k + 2) })),
    );
    const whole = await importedFrom([memoryFile('t.csv', csvOf(columns))], { rowsPerShard: 4 });
    const [a, b, c] = parts.map(csvOf) as [string, string, string];
    const csv = await importedFrom(
      [
        memoryFile('a.csv', a),
        memoryFile('b.csv.gz', gzipSync(b)),
        memoryFile('c.csv', c.replaceAll('\n', '\r\n').replace('é\r\nü', 'é\nü')),
      ],
      { rowsPerShard: 4 },
    );
    expect(contentOf(csv)).toEqual(contentOf(whole));
    expect(csv.manifest.source).toMatchObject({ format: 'csv', files: 3 });
    for (const write of [jsonLinesOf, parquetOf, arrowOf]) {
      const files = parts.map((part, i) => memoryFile(`p${i}`, write(part) as string));
      const found = await importedFrom(files, { rowsPerShard: 4 });
      expect(contentOf(found)).toEqual(contentOf(whole));
    }
  });

  it('refuses files that differ, naming file and column', async () => {
    const first = memoryFile('a.csv', 'x,y\n1,2\n');
    const refused = async (...files: DataFile[]) => dataErrorOf(importedFrom(files));
    expect(await refused(first, memoryFile('b.csv', 'x,z\n1,2\n'))).toMatchObject({
      code: 'data-differs',
      file: 'b.csv',
      column: 'y',
      message: expect.stringContaining('the file has "z" as column 2 where "y" is in a.csv'),
    });
    expect(await refused(first, memoryFile('b.csv', 'x\n1\n'))).toMatchObject({
      message: expect.stringContaining('b.csv, line 1, column "y": the file has no column "y"'),
    });
    expect(await refused(first, memoryFile('b.csv', 'x,y,w\n1,2,3\n'))).toMatchObject({
      message: expect.stringContaining('a column "w" more than a.csv'),
    });
    expect(await refused(first, memoryFile('b.jsonl', '{"x":1,"y":2}\n'))).toMatchObject({
      code: 'data-differs',
      file: 'b.jsonl',
    });
    const number = { name: 'x', kind: 'number', values: [1] } as const;
    const text = { name: 'x', kind: 'text', values: ['a'] } as const;
    const more = { name: 'y', kind: 'number', values: [1] } as const;
    for (const write of [parquetOf, arrowOf]) {
      const a = memoryFile('a', write([number]));
      expect(await refused(a, memoryFile('b', write([text])))).toMatchObject({
        code: 'data-differs',
        file: 'b',
        column: 'x',
        message: expect.stringContaining('the column holds text here and numbers before, in a'),
      });
      expect(await refused(a, memoryFile('b', write([number, more])))).toMatchObject({
        code: 'data-differs',
        column: 'y',
      });
      expect(
        await refused(memoryFile('a', write([number, more])), memoryFile('b', write([number]))),
      ).toMatchObject({
        message: expect.stringContaining('b, column "y": the file has no column "y", which a has'),
      });
    }
  });

  it('names the file and its own line where one of several is malformed', async () => {
    const files = [memoryFile('a.csv', 'x,y\n1,2\n3,4\n'), memoryFile('b.csv', 'x,y\n5,6\n7\n')];
    expect(await dataErrorOf(importedFrom(files))).toMatchObject({
      code: 'data-ragged-row',
      file: 'b.csv',
      line: 3,
    });
    const wrong = [files[0]!, memoryFile('b.csv', 'x,y\n5,six\n')];
    expect(await dataErrorOf(importedFrom(wrong, { kinds: { y: 'number' } }))).toMatchObject({
      code: 'data-value',
      file: 'b.csv',
      line: 2,
      column: 'y',
    });
  });

  it('takes a given type for any format, and refuses what does not fit', async () => {
    const zip: Cells = { name: 'zip', kind: 'number', values: [1234, 501, null] };
    const text: Cells = { name: 'size', kind: 'text', values: ['1', '2.5', 'NA'] };
    const options = { kinds: { zip: 'category', size: 'number' }, missing: ['NA'] } as const;
    const wanted = await importedFrom([memoryFile('t.csv', csvOf([zip, text]))], options);
    expect(wanted.manifest.columns).toMatchObject([
      { kind: 'category', levels: ['1234', '501'] },
      { kind: 'number', stats: { missing: 1, values: [1, 2.5] } },
    ]);
    for (const write of [jsonLinesOf, parquetOf, arrowOf]) {
      const file = memoryFile('t', write([zip, text]) as string);
      expect(contentOf(await importedFrom([file], options))).toEqual(contentOf(wanted));
      const refused = await dataErrorOf(importedFrom([file], { kinds: { size: 'number' } }));
      expect(refused).toMatchObject({ code: 'data-value', file: 't', column: 'size' });
      expect(refused.message).toContain('"NA" is not a number');
      expect(refused.line ?? refused.row).toBe(3);
    }
  });

  it('says when whole numbers are beyond what float64 holds', async () => {
    const { notes } = await importedFrom([memoryFile('t.csv', 'id\n9007199254740993\n1\n')]);
    expect(notes).toEqual([expect.stringContaining('column "id" has whole numbers beyond 2^53')]);
  });

  it('ends at a signal in the middle of packed bytes', async () => {
    const stop = new AbortController();
    const packed = gzipSync(`x\n${'1\n'.repeat(300_000)}`);
    const file: DataFile = {
      ...memoryFile('t.csv.gz', packed),
      open: async function* () {
        yield packed.subarray(0, 100);
        stop.abort(new Error('enough'));
        stop.signal.throwIfAborted();
      },
    };
    await expect(importedFrom([file])).rejects.toThrow('enough');
  });
});

describe('formats', () => {
  it.each([
    ['t.xlsx', '504b030414000600', 'Excel'],
    ['t.csv.bz2', '425a6839314159', 'bzip2'],
    ['t.csv.xz', 'fd377a585a0000', 'xz'],
    ['t.feather', '4645413100000000', 'Feather version 1'],
    ['t.orc', '4f524311', 'ORC'],
  ])('refuses %s with what to do', async (name, hex, word) => {
    const file = memoryFile(name, Buffer.from(hex, 'hex'));
    const error = await dataErrorOf(importedFrom([file]));
    expect(error).toMatchObject({ code: 'data-format', file: name });
    expect(error.message).toContain(word);
  });

  it('go by what the user says before content and name', async () => {
    const json = '{"a":1}\n{"a":2}\n';
    expect((await importedFrom([memoryFile('t', json)])).manifest.source.format).toBe('jsonl');
    const asCsv = importedFrom([memoryFile('t.jsonl', 'a;b\n1;2\n')], { format: 'csv' });
    expect((await asCsv).manifest.columns.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(
      await dataErrorOf(importedFrom([memoryFile('t', json)], { format: 'parquet' })),
    ).toMatchObject({
      code: 'data-format',
    });
    const packed = memoryFile('t.parquet.gz', gzipSync(Buffer.from('PAR1')));
    expect(await dataErrorOf(importedFrom([packed]))).toMatchObject({ code: 'data-format' });
    expect(
      await dataErrorOf(importedFrom([memoryFile('t', json)], { delimiter: ',' })),
    ).toMatchObject({ code: 'data-option' });
  });
});
