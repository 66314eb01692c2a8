/**
 * Exponential and logarithm that give the same bits on every machine.
 *
 * `Math.exp` and `Math.log` may differ between engines and versions, so a digest must never depend
 * on them. These use only operations that IEEE 754 rounds exactly (+, -, *, /). Both follow fdlibm's
 * e_exp.c and e_log.c (Copyright 1993 Sun Microsystems, freely usable with this notice) and lie
 * within one unit in the last place of the true value.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** 1 / ln 2, a literal like the rest so that every bit of it is stated here. */
// biome-ignore lint/suspicious/noApproximativeNumericConstant: stated to the bit on purpose
const INVERSE_LN2 = 1.4426950408889634;

const view = new DataView(new ArrayBuffer(8));

/** 2^k for -1022 <= k <= 1023, exact. */
function powerOfTwo(k: number): number {
  view.setUint32(0, (k + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** e^x. Overflows to Infinity above 709.78, underflows to 0 below -745.13. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  // x = k ln 2 + r with |r| <= ln 2 / 2, where r is held as high - low.
  const k = x === 0 ? 0 : Math.trunc(INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5));
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  // Remez polynomial of r (e^r + 1) / (e^r - 1) in r^2.
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k >= -1021) return k === 1024 ? y * 2 * powerOfTwo(1023) : y * powerOfTwo(k);
  return y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
}

/** Natural logarithm; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = 0;
  let scaled = x;
  if (x < 2 ** -1022) {
    scaled = x * 2 ** 54;
    k = -54;
  }
  // x = 2^k (1 + f) with sqrt(2)/2 < 1 + f < sqrt(2).
  view.setFloat64(0, scaled);
  const word = view.getUint32(0);
  const mantissa = word & 0xfffff;
  const up = (mantissa + 0x95f64) & 0x100000;
  view.setUint32(0, mantissa | (up ^ 0x3ff00000));
  k += (word >>> 20) - 1023 + (up >>> 20);
  const f = view.getFloat64(0) - 1;
  if (f === 0) return k * LN2_HIGH + k * LN2_LOW;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const even =
    z *
    (0.6666666666666735 +
      w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + odd + even) + k * LN2_LOW) - f);
}
