/**
 * Arrays of numbers over the bytes that travel in rounds: views, not copies.
 *
 * States and contributions are little-endian with every array aligned to its element size; here is
 * the only place that relies on it. Bytes that came from elsewhere unaligned are copied. On a
 * big-endian machine a view would be wrong, so all of it throws there.
 */

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Float64 numbers that lie `from` bytes into `bytes`.
 * @throws RangeError where the bytes end before `count` numbers do
 */
export function doublesIn(bytes: Uint8Array, from: number, count: number): Float64Array {
  const aligned = (bytes.byteOffset + from) % 8 === 0 ? bytes : bytes.slice();
  check(bytes, from, count * 8);
  return new Float64Array(aligned.buffer, aligned.byteOffset + from, count);
}

/** All the Float64 numbers in the bytes. */
export function doublesOf(bytes: Uint8Array): Float64Array {
  return doublesIn(bytes, 0, Math.floor(bytes.length / 8));
}

/** The bytes of these numbers. */
export function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Unsigned 32-bit integers that lie `from` bytes into `bytes`; as `doublesIn`. */
export function wordsIn(bytes: Uint8Array, from: number, count: number): Uint32Array {
  const aligned = (bytes.byteOffset + from) % 4 === 0 ? bytes : bytes.slice();
  check(bytes, from, count * 4);
  return new Uint32Array(aligned.buffer, aligned.byteOffset + from, count);
}

function check(bytes: Uint8Array, from: number, size: number): void {
  if (!littleEndian) throw new Error('training in rounds needs a little-endian processor');
  if (from + size <= bytes.length) return;
  throw new RangeError(`${from + size} bytes are needed, the state or sum has ${bytes.length}`);
}
