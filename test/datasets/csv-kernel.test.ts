/**
 * The two kernels are twins: the same fields, faults and values for any bytes, in any cut.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockPad, type CsvKernel, PlainCsvKernel, scanFault } from '../../datasets/csv-kernel.ts';
import { WasmCsvKernel } from '../../datasets/csv-kernel-wasm.ts';
import { parseNumberText } from '../../datasets/number-text.ts';

const plain = new PlainCsvKernel();
const wasm = new WasmCsvKernel();
const encoder = new TextEncoder();

/** Everything that a scan says, over the whole text, scan after scan. */
function scanAll(kernel: CsvKernel, bytes: Uint8Array, columns: number, final: boolean) {
  kernel.configure(0x2c, columns);
  kernel.newline = 0;
  kernel.block.fill(0x2c, 0, blockPad + 512);
  kernel.block.set(bytes, blockPad);
  const end = blockPad + bytes.length;
  const seen: unknown[] = [];
  for (let from = blockPad; from < end; from = kernel.consumed) {
    const rows = kernel.scan(from, end, final);
    const { consumed, fault, quotedNewlines, newline } = kernel;
    const faultAt = fault === scanFault.none ? 0 : kernel.faultAt;
    const bounds = Array.from(kernel.bounds.subarray(0, rows * (columns + 1)));
    seen.push({ rows, consumed, fault, faultAt, quotedNewlines, newline, bounds });
    if (consumed === from || (fault !== scanFault.none && fault !== scanFault.blank)) break;
  }
  return seen;
}

const noise = fc.string({ unit: fc.constantFrom(...',,,,ab\n\n"\r'), maxLength: 150 });
const cell = fc.constantFrom(
  '',
  'a',
  'bc',
  '1.25',
  '"q"',
  '"a,b"',
  '"x""y"',
  '"l\nm"',
  'long text here',
);
const rowsOf = (columns: number) =>
  fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 40 });

describe('the kernels in TypeScript and WebAssembly', () => {
  it('find the same fields and faults in any bytes', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: 1, max: 4 }), fc.boolean(), (text, columns, final) => {
        const bytes = encoder.encode(text);
        expect(scanAll(wasm, bytes, columns, final)).toEqual(scanAll(plain, bytes, columns, final));
      }),
      { numRuns: 2500 },
    );
  });

  it('find the same fields in tables, with either newline, cut anywhere', () => {
    const table = fc.integer({ min: 1, max: 40 }).chain((columns) =>
      fc.record({
        columns: fc.constant(columns),
        rows: rowsOf(columns),
        newline: fc.constantFrom('\n', '\r\n'),
        cut: fc.double({ min: 0, max: 1, noNaN: true }),
        final: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(table, ({ columns, rows, newline, cut, final }) => {
        const bytes = encoder.encode(rows.map((row) => row.join(',')).join(newline) + newline);
        const part = bytes.subarray(0, Math.ceil(bytes.length * cut));
        expect(scanAll(wasm, part, columns, final)).toEqual(scanAll(plain, part, columns, final));
        expect(scanAll(wasm, bytes, columns, final)).toEqual(scanAll(plain, bytes, columns, final));
      }),
      { numRuns: 800 },
    );
  });

  it('stop where the positions are full, and go on from there', () => {
    const bytes = encoder.encode('1,2\n'.repeat(30_000));
    const seen = scanAll(wasm, bytes, 2, true);
    expect(seen).toHaveLength(3);
    expect(seen).toEqual(scanAll(plain, bytes, 2, true));
  });

  it('give every number exactly, or leave it to the text version', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 12 });
    const odd = fc.string({ unit: fc.constantFrom(...'0123456789.-+eE_x '), maxLength: 24 });
    const short = fc.string({
      unit: fc.constantFrom(...'0123456789.-'),
      minLength: 1,
      maxLength: 9,
    });
    const number = fc.oneof(
      short,
      fc
        .tuple(fc.constantFrom('', '-'), digits, fc.constantFrom('', '.'), digits)
        .map((parts) => parts.join('')),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential(17)),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
      fc
        .tuple(fc.bigInt({ min: 0n, max: 10n ** 19n }), fc.integer({ min: -90, max: 90 }))
        .map(([m, e]) => `${m}e${e}`),
      odd,
    );
    let decided = 0;
    let total = 0;
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 50 }), (texts) => {
        const bytes = encoder.encode(`${texts.join('\n')}\n`);
        for (const kernel of [plain, wasm]) {
          kernel.configure(0x2c, 1);
          kernel.newline = 0;
          kernel.block.set(bytes, blockPad);
          expect(kernel.scan(blockPad, blockPad + bytes.length, true)).toBe(texts.length);
          const undecided = kernel.parse(0, texts.length);
          const values = kernel.values.subarray(0, texts.length);
          expect(undecided).toBe(values.filter(Number.isNaN).length);
          texts.forEach((text, row) => {
            const value = kernel.values[row]!;
            const expected = parseNumberText(text);
            if (Number.isNaN(expected)) expect([text, value]).toEqual([text, Number.NaN]);
            if (kernel === wasm && !Number.isNaN(expected)) {
              total++;
              if (!Number.isNaN(value)) decided++;
            }
            if (!Number.isNaN(value)) expect([text, value]).toEqual([text, expected]);
          });
        }
      }),
      { numRuns: 2000 },
    );
    expect(decided / total).toBeGreaterThan(0.4);
  });

  it('rounds halfway cases to even', () => {
    const texts = [
      '9007199254740993',
      '9007199254740992.5',
      '9007199254740993.0',
      '9007199254740995',
      '4503599627370497.5',
      '1.00000000000000011102230246251565',
      '2.2250738585072011e-308',
      '8.5e-324',
      '1.7976931348623157e308',
      '0.000000000000000000001',
      '123456789012345678e-5',
      '6.02214076e23',
      '5e-1',
      '1E5',
    ];
    const bytes = encoder.encode(`${texts.join('\n')}\n`);
    wasm.configure(0x2c, 1);
    wasm.newline = 0;
    wasm.block.set(bytes, blockPad);
    expect(wasm.scan(blockPad, blockPad + bytes.length, true)).toBe(texts.length);
    wasm.parse(0, texts.length);
    texts.forEach((text, row) => {
      const value = wasm.values[row]!;
      if (!Number.isNaN(value)) expect([text, value]).toEqual([text, Number(text)]);
    });
    expect(wasm.values[10]).toBe(Number(texts[10]));
    expect(wasm.values[11]).toBe(6.02214076e23);
  });
});
