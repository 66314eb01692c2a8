/**
 * Sums of numbers and of their squares without any rounding, so that order and grouping say nothing.
 *
 * A number is a whole multiple of 2^-1074, its square one of 2^-2148; both are added as whole numbers
 * in digits of 32 bits and handed out as one big integer. What is made of it is rounded once, at the
 * end. Numbers are finite; minus zero counts as zero.
 */

const DIGIT = 2 ** 32;
/** A digit takes in less than 2^35 with each number: past this many, digits are carried over. */
const CARRY_AFTER = 2 ** 17;
/** 2^-1074 up to 2^1024, and twice as many bits for squares; some more for the count. */
const SUM_DIGITS = 70;
const SQUARE_DIGITS = 138;

const value64 = new Float64Array(1);
const words = new Uint32Array(value64.buffer);
const [LOW, HIGH] = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? [0, 1] : [1, 0];

/** Sums over some numbers. */
export class ExactSums {
  readonly #sum = new Float64Array(SUM_DIGITS);
  readonly #squares: Float64Array | null;
  #sumTotal = 0n;
  #squareTotal = 0n;
  #open = 0;
  count = 0;

  /** @param squares whether those are wanted, too */
  constructor(squares: boolean) {
    this.#squares = squares ? new Float64Array(SQUARE_DIGITS) : null;
  }

  add(value: number): void {
    value64[0] = value;
    const high = words[HIGH]!;
    const low = words[LOW]!;
    const exponent = (high >>> 20) & 0x7ff;
    const top = exponent === 0 ? high & 0xfffff : (high & 0xfffff) | 0x100000;
    const shift = exponent === 0 ? 0 : exponent - 1;
    addBits(this.#sum, low, top, shift, high >>> 31 === 1 ? -1 : 1);
    if (this.#squares !== null) addSquare(this.#squares, low, top, 2 * shift);
    this.count++;
    if (++this.#open === CARRY_AFTER) this.#carry();
  }

  /** In units of 2^-1074. */
  sum(): bigint {
    this.#carry();
    return this.#sumTotal;
  }

  /** In units of 2^-2148. */
  squares(): bigint {
    this.#carry();
    return this.#squareTotal;
  }

  #carry(): void {
    this.#sumTotal += drained(this.#sum);
    if (this.#squares !== null) this.#squareTotal += drained(this.#squares);
    this.#open = 0;
  }
}

/** Adds `sign * (top * 2^32 + low) * 2^shift`; top has at most 22 bits. */
function addBits(
  digits: Float64Array,
  low: number,
  top: number,
  shift: number,
  sign: number,
): void {
  const at = shift >>> 5;
  const bits = shift & 31;
  if (bits === 0) {
    digits[at]! += sign * low;
    digits[at + 1]! += sign * top;
    return;
  }
  digits[at]! += sign * ((low << bits) >>> 0);
  digits[at + 1]! += sign * ((low >>> (32 - bits)) + ((top << bits) >>> 0));
  digits[at + 2]! += sign * (top >>> (32 - bits));
}

/** Adds `(top * 2^32 + low)^2 * 2^shift`, in products that are exact. */
function addSquare(digits: Float64Array, low: number, top: number, shift: number): void {
  const upper = low >>> 16;
  const lower = low & 0xffff;
  addProduct(digits, top * top, shift + 64);
  addProduct(digits, top * low, shift + 33);
  addProduct(digits, upper * upper, shift + 32);
  addProduct(digits, upper * lower, shift + 17);
  addProduct(digits, lower * lower, shift);
}

/** @param value a whole number below 2^54 */
function addProduct(digits: Float64Array, value: number, shift: number): void {
  if (value === 0) return;
  const top = Math.floor(value / DIGIT);
  addBits(digits, value - top * DIGIT, top, shift, 1);
}

/** The number that the digits stand for; they are zero afterwards. */
function drained(digits: Float64Array): bigint {
  let total = 0n;
  for (let i = digits.length - 1; i >= 0; i--) {
    total = (total << 32n) + BigInt(digits[i]!);
    digits[i] = 0;
  }
  return total;
}

/** The double nearest to `numerator / denominator * 2^scale`, for a positive denominator. */
export function nearestQuotient(numerator: bigint, denominator: bigint, scale: number): number {
  if (numerator === 0n) return 0;
  const size = numerator < 0n ? -numerator : numerator;
  // Some bits more than a double has, and one that says whether anything is left of the rest.
  const shift = 72 - (bitsOf(size) - bitsOf(denominator));
  const scaled = shift >= 0 ? size << BigInt(shift) : size;
  const divisor = shift >= 0 ? denominator : denominator << BigInt(-shift);
  const whole = scaled / divisor;
  const sticky = whole * divisor === scaled ? whole : whole | 1n;
  const rounded = timesPowerOfTwo(Number(sticky), scale - shift);
  return numerator < 0n ? -rounded : rounded;
}

/** At most three above the number of bits. */
function bitsOf(value: bigint): number {
  return value.toString(16).length * 4;
}

/** In steps that stay within what a double holds, so that only the last can round. */
function timesPowerOfTwo(value: number, exponent: number): number {
  let left = exponent;
  let result = value;
  for (; left > 900; left -= 900) result *= powerOfTwo(900);
  for (; left < -900; left += 900) result *= powerOfTwo(-900);
  return result * powerOfTwo(left);
}

/** 2^k for -1022 <= k <= 1023. */
function powerOfTwo(k: number): number {
  words[HIGH] = (k + 1023) << 20;
  words[LOW] = 0;
  return value64[0]!;
}
