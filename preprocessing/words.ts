/**
 * Words of a text, and buckets for what is hashed; from the bytes of the text alone.
 *
 * A word is a run of ASCII letters and digits and of bytes above ASCII, so words of any language stay
 * whole; only ASCII letters lose their case. No table of characters is asked, whose version could
 * differ from host to host.
 */
import type { TextColumn } from '../datasets/frame.ts';

const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Murmur3's finaliser (public domain, Austin Appleby) over FNV-1a: every bit counts for the bucket. */
function bucketOf(hash: number, buckets: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) % buckets;
}

/** The bucket of a whole value, by its UTF-8 bytes. */
export function bucketOfBytes(bytes: Uint8Array, buckets: number): number {
  let hash = FNV_BASIS;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return bucketOf(hash, buckets);
}

/** The value's bytes; empty where it is missing. */
export function textBytes(column: TextColumn, row: number): Uint8Array {
  return column.bytes.subarray(column.offsets[row], column.offsets[row + 1]);
}

/** Calls `take` with the bucket of each word of the row's text, in order. */
export function bucketsOfWords(
  column: TextColumn,
  row: number,
  buckets: number,
  take: (bucket: number) => void,
): void {
  if (column.present[row] === 0) return;
  const { bytes, offsets } = column;
  const end = offsets[row + 1]!;
  let hash = FNV_BASIS;
  let inside = false;
  for (let i = offsets[row]!; i < end; i++) {
    const byte = lower(bytes[i]!);
    if (isWord(byte)) {
      hash = Math.imul(hash ^ byte, FNV_PRIME);
      inside = true;
    } else if (inside) {
      take(bucketOf(hash, buckets));
      hash = FNV_BASIS;
      inside = false;
    }
  }
  if (inside) take(bucketOf(hash, buckets));
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function isWord(byte: number): boolean {
  return byte >= 0x80 || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}
