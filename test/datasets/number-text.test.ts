import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNumberText, parsePlainNumber } from '../../datasets/number-text.ts';

const parsePlain = (text: string) => {
  const bytes = new TextEncoder().encode(`,${text},`);
  return parsePlainNumber(bytes, 1, bytes.length - 1);
};

describe('numbers in CSV', () => {
  it('are exactly rounded, for any digits, dot and sign', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 17 });
    fc.assert(
      fc.property(fc.constantFrom('', '-'), digits, fc.boolean(), digits, (sign, a, dot, b) => {
        const text = `${sign}${a}${dot ? `.${b}` : ''}`;
        const expected = a === '' && (!dot || b === '') ? Number.NaN : Number(text) + 0;
        expect(parseNumberText(text)).toBe(expected);
        const plain = parsePlain(text);
        // The plain version may pass, never differ.
        if (!Number.isNaN(plain)) expect(plain).toBe(expected);
        const short = a.length + (dot ? b.length : 0) <= 15;
        if (short && !Number.isNaN(expected)) expect(plain).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('round-trip every float64 through its shortest text', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        expect(parseNumberText(String(value))).toBe(value + 0);
        const plain = parsePlain(String(value));
        if (!Number.isNaN(plain)) expect(plain).toBe(value + 0);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['1_000', '0x10', 'inf', 'Infinity', '-inf', 'nan', '1e999', '-1e999', '1,5', '1 2'])(
    'do not include %j',
    (text) => {
      expect(parseNumberText(text)).toBeNaN();
      expect(parsePlain(text)).toBeNaN();
    },
  );

  it.each(['', '-', '.', '-.', '1.2.3', '--1', '1-', '١', '1e', 'e5', '+', '1e+', '0b1', '1n'])(
    'do not include %j either',
    (text) => {
      expect(parseNumberText(text)).toBeNaN();
      expect(parsePlain(text)).toBeNaN();
    },
  );

  it.each([
    ['+5', 5],
    ['.5', 0.5],
    ['5.', 5],
    ['-0', 0],
    ['-0.0', 0],
    ['1e-3', 0.001],
    ['1E+3', 1000],
    ['0007', 7],
    ['9007199254740993', 9007199254740992],
    ['123456789012345', 123456789012345],
    ['0.1', 0.1],
    ['1e-400', 0],
  ])('%j is %d', (text, value) => {
    expect(parseNumberText(text)).toBe(value);
  });

  it('may have as many digits as a field holds', () => {
    const text = `0.${'1234567890'.repeat(6000)}`;
    expect(parseNumberText(text)).toBe(Number(text));
    expect(parsePlain(text)).toBeNaN();
  });
});
