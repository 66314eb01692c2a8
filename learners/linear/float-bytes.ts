/**
 * Float64 numbers as bytes and back, without a copy where the bytes are aligned.
 */
export const FLOAT_BYTES = 8;

/** The numbers in the bytes; a view of the same memory, or a copy where they are not aligned. */
export function floatsOf(bytes: Uint8Array): Float64Array {
  if (bytes.byteOffset % FLOAT_BYTES !== 0) return floatsOf(new Uint8Array(bytes));
  return new Float64Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / FLOAT_BYTES));
}

export function bytesOf(floats: Float64Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}

/** Largest magnitude; NaN where one is NaN. */
export function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    // Written so that NaN wins.
    if (!(size <= most)) most = size;
    if (Number.isNaN(most)) return most;
  }
  return most;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
