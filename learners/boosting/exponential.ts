/**
 * Exponential and logistic function for gradients: bit-stable, fast, and simple enough for SIMD.
 *
 * Only +, -, * and /, so that a vector kernel can do the same operations to the same bits. The
 * relative error is below 1e-12, which is far below the noise of quantised gradients; `math.ts` has
 * the functions that are right to the last bit.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
// biome-ignore lint/suspicious/noApproximativeNumericConstant: stated to the bit on purpose
const INVERSE_LN2 = 1.4426950408889634;
/** Adding and subtracting it rounds to a whole number, ties to even. */
const ROUNDER = 6755399441055744;
/** Beyond it either way the result is that of the bound. */
export const EXPONENT_MAX = 700;

const POWERS = Float64Array.from({ length: 2045 }, (_, i) => powerOfTwo(i - 1022));

function powerOfTwo(k: number): number {
  let power = 1;
  for (let i = 0; i < Math.abs(k); i++) power *= k < 0 ? 0.5 : 2;
  return power;
}

/** e^x for -700 <= x <= 700; the nearer bound's beyond. */
export function expOf(x: number): number {
  const bounded = Math.min(EXPONENT_MAX, Math.max(-EXPONENT_MAX, x));
  const k = bounded * INVERSE_LN2 + ROUNDER - ROUNDER;
  const r = bounded - k * LN2_HIGH - k * LN2_LOW;
  // Taylor to the tenth power; |r| is at most ln 2 / 2.
  const p =
    1 +
    r *
      (1 +
        r *
          (1 / 2 +
            r *
              (1 / 6 +
                r *
                  (1 / 24 +
                    r *
                      (1 / 120 +
                        r *
                          (1 / 720 +
                            r * (1 / 5040 + r * (1 / 40320 + r * (1 / 362880 + r / 3628800)))))))));
  return p * POWERS[k + 1022]!;
}

/** 1 / (1 + e^-x). */
export function logistic(x: number): number {
  return 1 / (1 + expOf(-x));
}
