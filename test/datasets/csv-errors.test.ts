import { describe, expect, it } from 'vitest';
import { importCsv } from '../../datasets/csv-import.ts';
import type { CsvOptions } from '../../datasets/csv-types.ts';
import type { ColumnKind } from '../../datasets/frame.ts';
import type { ShardEntry } from '../../datasets/manifest.ts';
import { dataErrorOf, sourceOf } from '../support/csv-text.ts';

const utf8 = new TextEncoder();
const good = 'a,b\n1,x\n2,y\n';
const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));
const join = (...parts: (string | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? utf8.encode(part) : part)));

function importOf(content: string | Uint8Array, options: CsvOptions, sizes?: readonly number[]) {
  const shards: ShardEntry[] = [];
  const open = sourceOf(content, sizes);
  const done = importCsv({
    name: 'broken',
    file: 'broken.csv',
    open,
    onShard: (_, entry) => void shards.push(entry),
    ...options,
  });
  return { done, shards };
}

interface Case {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly code: string;
  readonly line?: number;
  readonly byteOffset?: number;
  readonly says: RegExp;
  readonly options?: CsvOptions;
}

const manyRows = `a,b\n${'1,x\n'.repeat(100_000)}`;
const kinds: Record<string, ColumnKind> = { a: 'number' };

const cases: Case[] = [
  {
    what: 'a ragged row that is too short',
    content: `${good}3\n4,z\n`,
    code: 'data-ragged-row',
    line: 4,
    byteOffset: 12,
    says: /1 fields, the header has 2 columns/,
  },
  {
    what: 'a ragged row that is too long, far into the file',
    content: `${manyRows}1,x,y\n`,
    code: 'data-ragged-row',
    line: 100_002,
    byteOffset: 400_004,
    says: /3 fields, the header has 2 columns/,
  },
  {
    what: 'an empty line in the middle',
    content: 'a,b\n1,x\n\n2,y\n',
    code: 'data-ragged-row',
    line: 3,
    says: /line is empty/,
  },
  {
    what: 'an unclosed quote',
    content: `${good}3,"open\n4,z\n`,
    code: 'data-unclosed-quote',
    line: 4,
    byteOffset: 14,
    says: /never closed/,
  },
  {
    what: 'an unclosed quote before a mebibyte of more',
    content: `${good}3,"open\n${'4,z\n'.repeat(500_000)}`,
    code: 'data-unclosed-quote',
    line: 4,
    byteOffset: 14,
    says: /not closed within 1048576 bytes/,
  },
  {
    what: 'an unclosed quote in the header',
    content: 'a,"b\n1,2\n',
    code: 'data-unclosed-quote',
    line: 1,
    byteOffset: 2,
    says: /never closed/,
  },
  {
    what: 'a quote inside an unquoted field',
    content: `${good}3,5" pipe\n`,
    code: 'data-stray-quote',
    line: 4,
    byteOffset: 15,
    says: /double each quote/,
  },
  {
    what: 'text after a closing quote',
    content: `${good}3,"z"z\n`,
    code: 'data-stray-quote',
    line: 4,
    byteOffset: 17,
    says: /closing quote/,
  },
  {
    what: 'Latin-1',
    content: join(good, '3,Z', Uint8Array.of(0xfc), 'rich\n'),
    code: 'data-encoding',
    line: 4,
    byteOffset: 15,
    says: /not UTF-8.*iconv/,
  },
  {
    what: 'a surrogate in UTF-8',
    content: join(good, '3,', Uint8Array.of(0xed, 0xa0, 0x80), '\n'),
    code: 'data-encoding',
    line: 4,
    byteOffset: 14,
    says: /not UTF-8/,
  },
  {
    what: 'UTF-16 with a mark',
    content: join(Uint8Array.of(0xff, 0xfe), utf16(good)),
    code: 'data-encoding',
    line: 1,
    byteOffset: 0,
    says: /UTF-16.*iconv/,
  },
  {
    what: 'UTF-16 without a mark',
    content: utf16(good),
    code: 'data-encoding',
    line: 1,
    says: /UTF-16/,
  },
  { what: 'an empty file', content: '', code: 'data-empty', says: /empty/ },
  { what: 'blank lines only', content: '\n \r\n', code: 'data-empty', says: /empty/ },
  { what: 'a mark only', content: '\u{feff}', code: 'data-empty', says: /empty/ },
  { what: 'a header only', content: 'a,b\n', code: 'data-no-rows', line: 2, says: /no rows/ },
  { what: 'a header without newline', content: 'a,b', code: 'data-no-rows', says: /no rows/ },
  { what: 'a header and blank lines', content: 'a,b\n\n\n', code: 'data-no-rows', says: /no rows/ },
  {
    what: 'a duplicate header',
    content: 'a,b,a\n1,2,3\n',
    code: 'data-duplicate-column',
    line: 1,
    says: /"a" names column 1 and column 3/,
  },
  {
    what: 'a column without a name',
    content: ',b\n0,2\n',
    code: 'data-column-name',
    line: 1,
    says: /column 1 has no name.*index=False/,
  },
  {
    what: 'no header',
    content: '39,State-gov\n50,Private\n',
    code: 'data-no-header',
    line: 1,
    says: /number "39".*header "none"/,
  },
  {
    what: 'one line of 10 MB',
    content: `${good}${'1'.repeat(10_000_000)}\n`,
    code: 'data-line-too-long',
    line: 4,
    byteOffset: 12,
    says: /longer than 1048576 bytes/,
  },
  {
    what: 'a header of 10 MB',
    content: 'h'.repeat(10_000_000),
    code: 'data-line-too-long',
    line: 1,
    says: /longer than 1048576 bytes/,
  },
  {
    what: 'a field of 70 kB',
    content: `${good}3,${'z'.repeat(70_000)}\n`,
    code: 'data-field-too-long',
    line: 4,
    byteOffset: 14,
    says: /70000 bytes, the most is 65536/,
  },
  {
    what: 'a million columns',
    content: `${'c,'.repeat(500_000)}d\n`,
    code: 'data-too-many-columns',
    line: 1,
    says: /500001 columns, the most is 10000/,
  },
  {
    what: 'a NUL byte',
    content: `${manyRows}3,z\0\n`,
    code: 'data-nul-byte',
    line: 100_002,
    byteOffset: 400_007,
    says: /NUL/,
  },
  {
    what: 'mixed newlines',
    content: 'a,b\n1,x\r\n2,y\n',
    code: 'data-newline',
    line: 2,
    says: /first ends in a line feed alone/,
  },
  {
    what: 'a carriage return alone',
    content: 'a,b\n1,x\r2,y\n',
    code: 'data-newline',
    line: 2,
    byteOffset: 7,
    says: /without a line feed/,
  },
  {
    what: 'a value that changes type in the last row against a given type',
    content: `${manyRows}seven,x\n`,
    code: 'data-value',
    line: 100_002,
    byteOffset: 400_004,
    says: /column "a": "seven" is not a number.*another kind/,
    options: { kinds },
  },
  {
    what: 'a number past the range of float64 against a given type',
    content: `${good}1e999,x\n`,
    code: 'data-value',
    line: 4,
    says: /"1e999" is not a number/,
    options: { kinds },
  },
  {
    what: 'a value that is no boolean against a given type',
    content: 'a,b\ntrue,1\nmaybe,2\n',
    code: 'data-value',
    line: 3,
    byteOffset: 11,
    says: /"maybe" is not true or false/,
    options: { kinds: { a: 'boolean' } },
  },
  {
    what: 'more levels than a category may have, against a given type',
    content: `a\n${Array.from({ length: 10_001 }, (_, i) => `v${i}`).join('\n')}\n`,
    code: 'data-too-many-levels',
    line: 10_002,
    says: /more than 10000 levels.*text/,
    options: { kinds: { a: 'category' } },
  },
  {
    what: 'a kind for a column that is not there',
    content: good,
    code: 'data-unknown-column',
    says: /no column "A".*did you mean "a"/,
    options: { kinds: { A: 'number' } },
  },
];

describe('a malformed file gives an error with place and fix, and no data set', () => {
  it.each(cases)('$what', async ({ content, code, line, byteOffset, says, options = {} }) => {
    for (const sizes of [undefined, [100_000], [65_536, 7]]) {
      const { done, shards } = importOf(content, options, sizes);
      const error = await dataErrorOf(done);
      expect(error.message).toMatch(says);
      expect(error.code).toBe(code);
      expect(error.file).toBe('broken.csv');
      if (line !== undefined) expect(error.line).toBe(line);
      if (byteOffset !== undefined) expect(error.byteOffset).toBe(byteOffset);
      expect(error.fix).not.toBe('');
      expect(error.message.length).toBeLessThan(600);
      expect(shards).toEqual([]);
    }
  });

  it('notices a file that changes between the passes', async () => {
    for (const later of [`${good}3,x\n`, good.replace('1', ' '), 'a,b\n1,x\n2,y']) {
      let passes = 0;
      const open = () => sourceOf(++passes <= 2 ? good : later)();
      const done = importCsv({ name: 'moving', open, onShard: () => {} });
      expect((await dataErrorOf(done)).code).toBe('data-changed');
    }
  });

  it('passes on an error of the input itself', async () => {
    const open = async function* () {
      yield utf8.encode(good);
      throw new Error('disk on fire');
    };
    await expect(importCsv({ name: 'x', open, onShard: () => {} })).rejects.toThrow('disk on fire');
  });

  it('closes the input when it stops early', async () => {
    let opened = 0;
    let closed = 0;
    const open = async function* () {
      opened++;
      try {
        for (;;) yield utf8.encode('a,b\n1,2,3\n');
      } finally {
        closed++;
      }
    };
    await dataErrorOf(importCsv({ name: 'x', open, onShard: () => {} }));
    expect(closed).toBe(opened);
  });
});
