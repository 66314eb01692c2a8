/**
 * Numbers as CSV files write them: `-12`, `+0.5`, `.5`, `5.`, `1e-3`; nothing else.
 *
 * What other readers take and this one refuses: `1_000`, `0x10`, `inf`, `1e999` (out of range),
 * `1,5`. Results are exactly rounded. The byte version covers what files are full of and answers
 * NaN for anything else, which then goes through the text version.
 */

/** Powers of ten that a float64 holds exactly. */
export const exactPowersOfTen: Float64Array = Float64Array.from({ length: 23 }, (_, i) =>
  Number(`1e${i}`),
);

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that the text is; NaN when it is none or exceeds float64. Minus zero becomes zero. */
export function parseNumberText(text: string): number {
  if (!numberPattern.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}

const MINUS = 0x2d;
const DOT_FROM_ZERO = 0x2e - 0x30;
const powers = exactPowersOfTen;

/**
 * The number in `bytes[start, end)`: an optional minus, 1 to 15 digits, at most one dot, nothing
 * else; NaN for all other content. With at most 15 digits the digits are an exact integer, the
 * power of ten is exact, and one division rounds once: the result is the nearest float64.
 */
export function parsePlainNumber(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === MINUS;
  if (negative) i++;
  const first = i;
  let fraction = -1;
  let digits = 0;
  if (end - i <= 9) {
    // At most nine digits: 32-bit integers are enough.
    for (; i < end; i++) {
      const digit = bytes[i]! - 0x30;
      if (digit >= 0 && digit <= 9) digits = (Math.imul(digits, 10) + digit) | 0;
      else if (digit === DOT_FROM_ZERO && fraction < 0) fraction = end - i - 1;
      else return Number.NaN;
    }
    if (end - first === (fraction < 0 ? 0 : 1)) return Number.NaN;
  } else {
    if (end - first > 16) return Number.NaN;
    for (; i < end; i++) {
      const digit = bytes[i]! - 0x30;
      if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
      else if (digit === DOT_FROM_ZERO && fraction < 0) fraction = end - i - 1;
      else return Number.NaN;
    }
    if (fraction < 0 && end - first > 15) return Number.NaN;
  }
  const size = fraction > 0 ? digits / powers[fraction]! : digits;
  return negative ? 0 - size : size;
}
