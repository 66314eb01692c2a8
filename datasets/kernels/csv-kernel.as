/**
 * The CSV kernel in WebAssembly: the twin of `PlainCsvKernel`, with 16 bytes compared at a time and
 * numbers parsed eight digits at a time. AssemblyScript; built by `scripts/build-kernels.mjs`.
 *
 * All memory is laid out by the caller, whose addresses the exported setters receive; there is no
 * allocation and no runtime. Positions are relative to the block, as in the plain kernel.
 */

// State that the caller reads back, in this order, from address 0.
const CONSUMED: usize = 0;
const FAULT: usize = 4;
const FAULT_AT: usize = 8;
const QUOTED_NEWLINES: usize = 12;
const NEWLINE: usize = 16;

const NONE: i32 = 0;
const RAGGED: i32 = 1;
const BLANK: i32 = 2;
const STRAY_QUOTE: i32 = 3;
const AFTER_QUOTE: i32 = 4;
const BARE_RETURN: i32 = 5;
const MIXED_NEWLINE: i32 = 6;
const OPEN_QUOTE: i32 = 7;

const LF: i32 = 0x0a;
const CR: i32 = 0x0d;
const QUOTE: i32 = 0x22;

let block: usize = 0;
let bounds: usize = 0;
let boundsLength: i32 = 0;
let values: usize = 0;
/** 23 float64: exact powers of ten. */
let powers: usize = 0;
/** Pairs of u64, high then low: powers of five from 10^firstPower on, 128 bits each. */
let fives: usize = 0;
/** Room for the tables of `makeShapes`: three times 81 times 8 bytes. */
let shapes: usize = 0;
let firstPower: i32 = 0;
let lastPower: i32 = 0;
let delimiter: i32 = 0;
let columns: i32 = 1;

export function place(
  blockAt: usize,
  boundsAt: usize,
  boundsCount: i32,
  valuesAt: usize,
  powersAt: usize,
  fivesAt: usize,
  shapesAt: usize,
  first: i32,
  last: i32,
): void {
  block = blockAt;
  bounds = boundsAt;
  boundsLength = boundsCount;
  values = valuesAt;
  powers = powersAt;
  fives = fivesAt;
  shapes = shapesAt;
  firstPower = first;
  lastPower = last;
  makeShapes();
}

export function configure(delimiterByte: i32, columnCount: i32): void {
  delimiter = delimiterByte;
  columns = columnCount;
}

let openNewlines: i32 = 0;

// @ts-ignore: decorator
@inline
function byteAt(at: i32): i32 {
  return load<u8>(block + at);
}

// @ts-ignore: decorator
@inline
function putBound(index: i32, at: i32): void {
  store<i32>(bounds + (<usize>index << 2), at);
}

function stop(rows: i32, fault: i32, at: i32): i32 {
  store<i32>(FAULT, fault);
  store<i32>(FAULT_AT, at);
  return rows;
}

function closeRow(consumed: i32): void {
  store<i32>(CONSUMED, consumed);
  store<i32>(QUOTED_NEWLINES, load<i32>(QUOTED_NEWLINES) + openNewlines);
  openNewlines = 0;
}

/** Bytes of the newline at `at`; 0 with a fault set, or with none when it is cut off. */
function newlineWidth(at: i32, to: i32, final: bool): i32 {
  let style = 1;
  if (byteAt(at) == CR) {
    if (at + 1 == to && !final) return 0;
    if (at + 1 == to || byteAt(at + 1) != LF) return stop(0, BARE_RETURN, at);
    style = 2;
  }
  const settled = load<i32>(NEWLINE);
  if (settled == 0) store<i32>(NEWLINE, style);
  else if (settled != style) return stop(0, MIXED_NEWLINE, at);
  return style;
}

/** Position of the closing quote of the field that opens at `open`; -1 when the scan must stop. */
function skipQuoted(open: i32, to: i32, final: bool): i32 {
  for (let i = open + 1; i < to; i++) {
    const byte = byteAt(i);
    if (byte == LF) openNewlines++;
    if (byte != QUOTE) continue;
    if (i + 1 == to) {
      if (final) return i;
      break;
    }
    const after = byteAt(i + 1);
    if (after == QUOTE) i++;
    else if (after == delimiter || after == LF || after == CR) return i;
    else return stop(-1, AFTER_QUOTE, i + 1);
  }
  return stop(-1, OPEN_QUOTE, open);
}

// @ts-ignore: decorator
@inline
function matches(at: usize, byte: v128): v128 {
  return i8x16.eq(v128.load(at), byte);
}

// @ts-ignore: decorator
@inline
function specials(at: usize): v128 {
  const bytes = v128.load(at);
  const lines = v128.or(
    i8x16.eq(bytes, i8x16.splat(<i8>LF)),
    i8x16.eq(bytes, i8x16.splat(<i8>CR)),
  );
  return v128.or(lines, i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)));
}

export function scan(from: i32, to: i32, isFinal: i32): i32 {
  const final = isFinal != 0;
  const stride = columns + 1;
  const rowsMax = boundsLength / stride;
  const delimiters = i8x16.splat(<i8>delimiter);
  store<i32>(CONSUMED, from);
  store<i32>(FAULT, NONE);
  store<i32>(QUOTED_NEWLINES, 0);
  openNewlines = 0;
  let consumed = from;
  let rows = 0;
  let next = 1;
  let rowEnd = columns;
  putBound(0, from - 1);
  let i = from;
  while (i < to) {
    const at = block + i;
    let fields: u32 =
      <u32>i8x16.bitmask(matches(at, delimiters)) |
      (<u32>i8x16.bitmask(matches(at + 16, delimiters)) << 16);
    let others: u32 =
      <u32>i8x16.bitmask(specials(at)) | (<u32>i8x16.bitmask(specials(at + 16)) << 16);
    if (to - i < 32) {
      const inside: u32 = (1 << (to - i)) - 1;
      fields &= inside;
      others &= inside;
    }
    let restart = i + 32;
    // Delimiters up to the next other special byte, then that byte, until the group is done.
    while (true) {
      const until: u32 = others & (0 - others);
      let run: u32 = others == 0 ? fields : fields & (until - 1);
      const count = popcnt(run);
      if (next + <i32>count > rowEnd) return stop(rows, RAGGED, consumed);
      // Eight stores without a branch; what is too many is overwritten later.
      let index = next;
      next += count;
      for (let k = 0; k < 6; k++) {
        putBound(index++, i + ctz(run));
        run &= run - 1;
      }
      while (run != 0) {
        putBound(index++, i + ctz(run));
        run &= run - 1;
      }
      if (others == 0) break;
      const special = i + ctz(others);
      fields &= ~(until - 1);
      others &= others - 1;
      if (byteAt(special) == QUOTE) {
        if (load<i32>(bounds + (<usize>(next - 1) << 2)) != special - 1) {
          return stop(rows, STRAY_QUOTE, special);
        }
        const end = skipQuoted(special, to, final);
        if (end < 0) return rows;
        restart = end + 1;
        break;
      }
      const width = newlineWidth(special, to, final);
      if (width == 0) return rows;
      if (special == consumed && stride > 2) {
        store<i32>(CONSUMED, special + width);
        return stop(rows, BLANK, special);
      }
      if (next != rowEnd) return stop(rows, RAGGED, consumed);
      putBound(next++, special);
      consumed = special + width;
      closeRow(consumed);
      if (++rows == rowsMax) return rows;
      putBound(next++, consumed - 1);
      rowEnd += stride;
      if (width == 2) {
        restart = consumed;
        break;
      }
    }
    i = restart;
  }
  if (!final || consumed >= to) return rows;
  if (next != rowEnd) return stop(rows, RAGGED, consumed);
  putBound(next, to);
  closeRow(to);
  return rows + 1;
}

const ZEROS: u64 = 0x3030303030303030;
const HIGHS: u64 = 0x8080808080808080;

// @ts-ignore: decorator
@inline
function firstDot(digits: u64): u64 {
  const y = digits ^ 0x2e2e2e2e2e2e2e2e;
  return (y - 0x0101010101010101) & ~y & HIGHS;
}

// @ts-ignore: decorator
@inline
function allDigits(digits: u64): bool {
  return (((digits + 0x4646464646464646) | (digits - ZEROS)) & HIGHS) == 0;
}

/** The number in eight ASCII digits, the first in the lowest byte. */
// @ts-ignore: decorator
@inline
function eightDigits(digits: u64): u64 {
  let x = digits - ZEROS;
  x = x * 10 + (x >> 8);
  const low: u64 = 0x000000ff000000ff;
  return (((x & low) * 0x000f424000000064 + ((x >> 16) & low) * 0x0000271000000001) >> 32) & 0xffffffff;
}

// @ts-ignore: decorator
@inline
function scaled(digits: u64, fraction: u64, negative: bool): f64 {
  // Signed conversion is one instruction; digits are below 2^63 by far.
  let size = <f64>(<i64>digits);
  if (fraction != 0) size /= load<f64>(powers + (<usize>fraction << 3));
  // The sign without a branch, which random data would mispredict; adding zero undoes minus zero.
  return reinterpret<f64>(reinterpret<u64>(size) ^ (<u64>negative << 63)) + 0.0;
}

/** The number in `block[start, end)`, NaN when the text version must decide. */
// @ts-ignore: decorator
@inline
function parseOne(start: i32, end: i32): f64 {
  const negative = byteAt(start) == 0x2d;
  const first = start + <i32>negative;
  const length = end - first;
  if (length <= 0) return NaN;
  if (length <= 8) {
    const spare = <u64>(8 - length) << 3;
    const fill: u64 = ((<u64>1 << spare) - 1) & ZEROS;
    let digits = ((load<u64>(block + end - 8) >> spare) << spare) | fill;
    const dot = firstDot(digits);
    let fraction: u64 = 0;
    if (dot != 0) {
      if (length == 1) return NaN;
      const bits = ctz(dot) - 7;
      const below: u64 = (<u64>1 << bits) - 1;
      fraction = 7 - (bits >> 3);
      digits = ((digits & below) << 8) | (digits & ~((below << 8) | 0xff)) | 0x30;
    }
    if (allDigits(digits)) return scaled(eightDigits(digits), fraction, negative);
  } else if (length <= 16) {
    const spare = <u64>(16 - length) << 3;
    const fill: u64 = spare == 64 ? ZEROS : ((<u64>1 << spare) - 1) & ZEROS;
    let high = ((load<u64>(block + end - 16) >> spare) << spare) | fill;
    let low = load<u64>(block + end - 8);
    let fraction: u64 = 0;
    const lowDot = firstDot(low);
    if (lowDot != 0) {
      const bits = ctz(lowDot) - 7;
      const below: u64 = (<u64>1 << bits) - 1;
      fraction = 7 - (bits >> 3);
      low = ((low & below) << 8) | (low & ~((below << 8) | 0xff)) | (high >> 56);
      high = (high << 8) | 0x30;
    } else {
      const highDot = firstDot(high);
      if (highDot != 0) {
        const bits = ctz(highDot) - 7;
        const below: u64 = (<u64>1 << bits) - 1;
        fraction = 15 - (bits >> 3);
        high = ((high & below) << 8) | (high & ~((below << 8) | 0xff)) | 0x30;
      }
    }
    if (allDigits(high) && allDigits(low)) {
      const digits = eightDigits(high) * 100000000 + eightDigits(low);
      if (digits <= 9007199254740992) return scaled(digits, fraction, negative);
    }
  }
  return parseLong(first, end, negative);
}

/** Digits with a dot and an exponent, one by one; up to 19 digits that count. */
function parseLong(first: i32, end: i32, negative: bool): f64 {
  let digits: u64 = 0;
  let count = 0;
  let significant = 0;
  let fraction = 0;
  let dotted = false;
  let i = first;
  for (; i < end; i++) {
    const digit = byteAt(i) - 0x30;
    if (<u32>digit < 10) {
      digits = digits * 10 + digit;
      count++;
      if (digits != 0 && ++significant > 19) return NaN;
      if (dotted) fraction++;
    } else if (digit == -2 && !dotted) dotted = true;
    else break;
  }
  if (count == 0) return NaN;
  let exponent = 0;
  if (i < end) {
    if ((byteAt(i) | 0x20) != 0x65) return NaN;
    i++;
    let down = false;
    if (i < end && (byteAt(i) == 0x2d || byteAt(i) == 0x2b)) down = byteAt(i++) == 0x2d;
    if (i == end || end - i > 4) return NaN;
    for (; i < end; i++) {
      const digit = byteAt(i) - 0x30;
      if (<u32>digit >= 10) return NaN;
      exponent = exponent * 10 + digit;
    }
    if (down) exponent = -exponent;
  }
  if (digits == 0) return 0;
  const size = nearest(digits, exponent - fraction);
  return negative ? -size : size;
}

/** The float64 nearest to digits * 10^power; NaN when that is not certain. */
function nearest(digits: u64, power: i32): f64 {
  if (digits <= 9007199254740992 && power >= -22 && power <= 22) {
    const size = <f64>digits;
    if (power < 0) return size / load<f64>(powers + (<usize>-power << 3));
    return size * load<f64>(powers + (<usize>power << 3));
  }
  if (power < firstPower || power > lastPower) return NaN;
  // Eisel and Lemire (Lemire, Number Parsing at a Gigabyte per Second, 2021).
  const zeros = clz(digits);
  const w = digits << zeros;
  const at = fives + (<usize>(power - firstPower) << 4);
  let low = w * load<u64>(at);
  let high = mulHigh(w, load<u64>(at));
  if ((high & 0x1ff) == 0x1ff) {
    const second = mulHigh(w, load<u64>(at, 8));
    low += second;
    if (second > low) high++;
  }
  if (low == 0xffffffffffffffff && (power < -27 || power > 55)) return NaN;
  const upper = high >> 63;
  const shift = upper + 9;
  let mantissa = high >> shift;
  let binary = ((217706 * power) >> 16) + 63 + <i32>upper - <i32>zeros + 1023;
  if (binary <= 0 || binary >= 0x7fe) return NaN;
  if (low <= 1 && power >= -4 && power <= 23 && (mantissa & 3) == 1) {
    if (mantissa << shift == high) mantissa &= ~(<u64>1);
  }
  mantissa += mantissa & 1;
  mantissa >>= 1;
  if (mantissa >= <u64>1 << 53) {
    mantissa = <u64>1 << 52;
    binary++;
  }
  return reinterpret<f64>((mantissa & ((<u64>1 << 52) - 1)) | (<u64>binary << 52));
}

// @ts-ignore: decorator
@inline
function mulHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const carry = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (carry >> 32);
}

/**
 * Tables for fields of 1 to 8 bytes, by length * 9 + position of the dot (the length when there is
 * none): which bytes to take, as the first and as the second field of a pair, and what to divide by.
 */
const SHAPES: usize = 81;

function makeShapes(): void {
  for (let length = 1; length <= 8; length++) {
    for (let dot = 0; dot <= length; dot++) {
      const shape = <usize>(length * 9 + dot);
      const first = shapes + (shape << 3);
      // Taking nothing gives zeros, which is what stands before the digits.
      store<u64>(first, 0x8080808080808080);
      let to = 7;
      for (let from = length - 1; from >= 0; from--) {
        // A dot alone is taken as it is, to be found no digit.
        if (from != dot || length == 1) store<u8>(first + to--, <u8>from);
      }
      const second = first + (SHAPES << 3);
      for (let i: usize = 0; i < 8; i++) store<u8>(second + i, load<u8>(first + i) + 8);
      const fraction = dot < length ? length - dot - 1 : 0;
      store<f64>(second + (SHAPES << 3), load<f64>(powers + (<usize>fraction << 3)));
    }
  }
}

/** Parses two fields of 1 to 8 bytes, signs taken off; false when one holds no plain number. */
// @ts-ignore: decorator
@inline
function storePair(
  out: usize,
  startA: i32,
  startB: i32,
  lengthA: u32,
  lengthB: u32,
  signA: u64,
  signB: u64,
): bool {
  let bytes = v128.load64_zero(block + startA);
  bytes = v128.load_lane<u64>(block + startB, bytes, 1);
  const dots = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x2e)));
  const shapeA = shapes + (<usize>(lengthA * 9 + ctz(dots | (1 << lengthA))) << 3);
  const shapeB = shapes + (<usize>(lengthB * 9 + ctz((dots >> 8) | (1 << lengthB))) << 3);
  const take = v128.load_lane<u64>(shapeB, v128.load64_zero(shapeA), 1, SHAPES << 3);
  const digits = v128.swizzle(i8x16.sub(bytes, i8x16.splat(0x30)), take);
  if (v128.any_true(i8x16.gt_u(digits, i8x16.splat(9)))) return false;
  const tens = i16x8(10, 1, 10, 1, 10, 1, 10, 1);
  const hundreds = i16x8(100, 1, 100, 1, 100, 1, 100, 1);
  const pairsA = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(digits), tens);
  const pairsB = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(digits), tens);
  const fours = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(pairsA, pairsB), hundreds);
  const high = i32x4.shuffle(fours, fours, 0, 2, 0, 2);
  const low = i32x4.shuffle(fours, fours, 1, 3, 1, 3);
  const whole = i32x4.add(i32x4.mul(high, i32x4.splat(10000)), low);
  const scales = v128.load_lane<u64>(
    shapeB,
    v128.load64_zero(shapeA, SHAPES << 4),
    1,
    SHAPES << 4,
  );
  const sizes = f64x2.div(f64x2.convert_low_i32x4_s(whole), scales);
  const signs = i64x2.replace_lane(i64x2.splat(signA), 1, signB);
  // Adding zero undoes minus zero.
  v128.store(out, f64x2.add(v128.xor(sizes, signs), f64x2.splat(0)));
  return true;
}

/** Stores the number in `block[start, end)`; 1 when the text version must decide it, else 0. */
function storeOne(out: usize, start: i32, end: i32): i32 {
  const value = parseOne(start, end);
  store<f64>(out, value);
  return <i32>(value != value);
}

export function parse(column: i32, rows: i32): i32 {
  let undecided = 0;
  const stride = <usize>(columns + 1) << 2;
  let at = bounds + (<usize>column << 2);
  let out = values;
  const end = values + (<usize>rows << 3);
  for (; out + 8 < end; out += 16) {
    const startA = load<i32>(at) + 1;
    const endA = load<i32>(at, 4);
    const startB = load<i32>(at + stride) + 1;
    const endB = load<i32>(at + stride, 4);
    at += stride << 1;
    const negativeA = <i32>(byteAt(startA) == 0x2d);
    const negativeB = <i32>(byteAt(startB) == 0x2d);
    const lengthA = endA - startA - negativeA;
    const lengthB = endB - startB - negativeB;
    if (
      <u32>((lengthA - 1) | (lengthB - 1)) < 8 &&
      storePair(
        out,
        startA + negativeA,
        startB + negativeB,
        lengthA,
        lengthB,
        <u64>negativeA << 63,
        <u64>negativeB << 63,
      )
    ) {
      continue;
    }
    undecided += storeOne(out, startA, endA);
    undecided += storeOne(out + 8, startB, endB);
  }
  if (out < end) undecided += storeOne(out, load<i32>(at) + 1, load<i32>(at, 4));
  return undecided;
}
