/**
 * Values of typed files as an import takes them: instants as text, decimals as the nearest number,
 * texts checked.
 *
 * Dates become what they are in a CSV file that pandas writes, `2024-01-31`, times of day `23:59:59`
 * and instants `2024-01-31 23:59:59`, with a fraction of six or nine digits where there is one and
 * `+00:00` where the file says that they are in UTC.
 */
import { isUtf8 } from 'node:buffer';
import { fieldBytesMax } from './csv-types.ts';
import { DataError, type DataPlace } from './data-error.ts';
import type { TextColumn } from './frame.ts';
import { exactPowersOfTen } from './number-text.ts';

export type InstantUnit = 's' | 'ms' | 'us' | 'ns';

const perSecond: Readonly<Record<InstantUnit, bigint>> = {
  s: 1n,
  ms: 1_000n,
  us: 1_000_000n,
  ns: 1_000_000_000n,
};
const nanosPerSecond = 1_000_000_000n;
const secondsPerDay = 86_400n;

/** Days since 1970 as a date. */
export function dateText(days: number): string {
  const date = new Date(days * 86_400_000);
  // Beyond what a Date holds there is only the count.
  return Number.isNaN(date.getTime()) ? `${days} days` : date.toISOString().split('T')[0]!;
}

/** Time since the beginning of 1970, in UTC where the file says so. */
export function instantText(value: bigint, unit: InstantUnit, utc: boolean): string {
  const nanos = value * (nanosPerSecond / perSecond[unit]);
  const day = floorDivide(nanos, secondsPerDay * nanosPerSecond);
  const rest = nanos - day * secondsPerDay * nanosPerSecond;
  return `${dateText(Number(day))} ${clockText(rest, 'ns')}${utc ? '+00:00' : ''}`;
}

/** Time since midnight. */
export function clockText(value: bigint, unit: InstantUnit): string {
  const nanos = value * (nanosPerSecond / perSecond[unit]);
  const seconds = Number(nanos / nanosPerSecond);
  const two = (part: number) => String(Math.floor(part)).padStart(2, '0');
  const whole = `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = String(nanos % nanosPerSecond).padStart(9, '0');
  if (fraction === '000000000') return whole;
  return `${whole}.${fraction.endsWith('000') ? fraction.slice(0, 6) : fraction}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** The float64 nearest to `unscaled * 10^-scale`. */
export function decimalNumber(unscaled: bigint, scale: number): number {
  const size = Number(unscaled);
  if (Number.isSafeInteger(size) && scale >= 0 && scale < exactPowersOfTen.length) {
    return size / exactPowersOfTen[scale]! + 0;
  }
  return Number(`${unscaled}e${-scale}`) + 0;
}

/** A half-precision float from its bits. */
export function halfNumber(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return (sign * fraction) / 2 ** 24;
  if (exponent < 0x1f) return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
}

/** A two's complement integer, most significant byte first. */
export function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return bytes.length > 0 && bytes[0]! > 127 ? value - (1n << BigInt(8 * bytes.length)) : value;
}

/** One missing value, and no zero below zero: equal values have equal bytes. */
export function plainNumber(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value + 0;
}

/** Refuses texts that are not UTF-8, hold NUL or are too long, by row and column. */
export function checkTexts(
  column: TextColumn,
  name: string,
  place: (row: number) => DataPlace,
): void {
  const { bytes, offsets, present } = column;
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const sound = isUtf8(all) && !all.includes(0);
  for (let row = 0; row < present.length; row++) {
    const [start, end] = [offsets[row]!, offsets[row + 1]!];
    if (end - start > fieldBytesMax) {
      throw new DataError(
        'data-field-too-long',
        `the text has ${end - start} bytes, the most is ${fieldBytesMax}`,
        'shorten it, or leave the column out',
        { ...place(row), column: name },
      );
    }
    // A boundary inside of a character is sound as a whole and unsound here.
    const cut = start < all.length && (all[start]! & 0xc0) === 0x80;
    if (sound && !cut) continue;
    const text = all.subarray(start, end);
    if (!cut && isUtf8(text) && !text.includes(0)) continue;
    const nul = text.includes(0);
    throw new DataError(
      nul ? 'data-nul-byte' : 'data-encoding',
      nul ? 'the text holds a NUL byte' : 'the bytes are not UTF-8 text',
      nul ? 'write the text without it' : 'write the column as text in UTF-8, or leave it out',
      { ...place(row), column: name },
    );
  }
}
