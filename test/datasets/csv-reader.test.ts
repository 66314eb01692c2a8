import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvDelimiters } from '../../datasets/csv-types.ts';
import { readTable, sourceOf } from '../support/csv-text.ts';

const awkward = fc.constantFrom(...',;|\t"\'\n\r ab1é😀\u{e000}-.');
const cell = fc.oneof(
  fc.string({ unit: awkward, maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);
const table = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 12 }))
  .chain(([columns, rows]) =>
    fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  )
  .map((rows) => rows.map((row) => row.map((text) => text.toWellFormed().replaceAll('\0', '0'))));

/** Writes a table; quotes where it must and, when told, everywhere. */
function csvOf(rows: string[][], delimiter: string, newline: string, quoteAll: boolean): string {
  const written = (text: string) => {
    const must = /["\r\n]|^[ \t]|[ \t]$|^$/.test(text) || text.includes(delimiter);
    return must || quoteAll ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const header = rows[0]!.map((_, i) => `name${i}`);
  return [header, ...rows].map((row) => row.map(written).join(delimiter)).join(newline);
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });

describe('reading CSV', () => {
  it('gives the cells that csv-parse gives, for any table, quoting, newline and delimiter', async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(...csvDelimiters),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.boolean(),
        async (rows, delimiter, newline, quoteAll, ended) => {
          const text = csvOf(rows, delimiter, newline, quoteAll) + (ended ? newline : '');
          const expected = parse(text, {
            delimiter,
            record_delimiter: newline,
          }) as string[][];
          const read = await readTable(sourceOf(text), { delimiter });
          expect(read.rows).toEqual(expected.slice(1));
          expect(read.rows).toEqual(rows);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('does not depend on chunks or blocks', async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom('\n', '\r\n'),
        sizes,
        fc.integer({ min: 1, max: 64 }),
        async (rows, newline, chunks, blockBytes) => {
          const text = csvOf(rows, ',', newline, false);
          const options = { delimiter: ',' } as const;
          const read = await readTable(sourceOf(text, chunks), { ...options, blockBytes });
          expect(read.rows).toEqual(rows);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('skips a byte order mark, also one cut in pieces', async () => {
    const bytes = new TextEncoder().encode('\u{feff}a,b\n1,2\n');
    const expected = { header: ['a', 'b'], rows: [['1', '2']] };
    expect(await readTable(sourceOf(bytes))).toEqual(expected);
    expect(await readTable(sourceOf(bytes, [1]))).toEqual(expected);
  });

  it('trims blanks around unquoted fields and keeps quoted ones', async () => {
    const read = await readTable(sourceOf('a, b ,c\n 1 ,"\t2 ", x y \n'));
    expect(read).toEqual({ header: ['a', 'b', 'c'], rows: [['1', '\t2 ', 'x y']] });
  });

  it('lets empty lines end the file, and takes them as values of a single column', async () => {
    expect((await readTable(sourceOf('a,b\n1,2\n\n\n'))).rows).toEqual([['1', '2']]);
    expect((await readTable(sourceOf('a\n1\n\n3\n'))).rows).toEqual([['1'], [''], ['3']]);
  });

  it.each([
    ['a,b\n1,2\n', ['a', 'b']],
    ['a;b\n1,5;2,5\n', ['a', 'b']],
    ['a\tb\n1,2\t3\n', ['a', 'b']],
    ['a|b\n1|2\n', ['a', 'b']],
    ['"a;x",b\n1,2\n', ['a;x', 'b']],
    ['one\n1\n', ['one']],
    ['first, last;age\nx;1\ny;2\n', ['first, last', 'age']],
  ])('finds the delimiter of %j', async (text, names) => {
    expect((await readTable(sourceOf(text))).header).toEqual(names);
  });

  it('keeps the delimiter of the header when records in the sample are ragged', async () => {
    const text = `a,b,c\n${'1|2,2,3\n'.repeat(5)}1|2\n`;
    await expect(readTable(sourceOf(text))).rejects.toThrow('1 fields, the header has 3 columns');
  });

  it('reads a wide table and a record of many blocks', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `c${i}x`);
    const wide = `${names.join(',')}\n${names.map((_, i) => i).join(',')}\n`.concat(
      `${names.map((_, i) => i * 2).join(',')}\n`,
    );
    const read = await readTable(sourceOf(wide, [1000]));
    expect(read.rows.map((row) => row[9999])).toEqual(['9999', '19998']);
    const long = 'x'.repeat(60_000);
    const row = `${Array.from({ length: 16 }, () => long).join(',')}\n`;
    const header = Array.from({ length: 16 }, (_, i) => `t${i}`).join(',');
    const big = await readTable(sourceOf(`${header}\n${row}${row}${row}`, [65_536]));
    expect(big.rows.map((cells) => cells[15]!.length)).toEqual([60_000, 60_000, 60_000]);
  });

  it('names the columns of a file without header', async () => {
    const read = await readTable(sourceOf('1,x\n2,y\n'), { header: 'none' });
    expect(read.header).toEqual(['c1', 'c2']);
    expect(read.rows).toHaveLength(2);
    expect((await readTable(sourceOf('2019,2020\n1,2\n'), { header: 'first' })).header).toEqual([
      '2019',
      '2020',
    ]);
  });
});
