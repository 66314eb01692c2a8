/**
 * LZ4 frames (as Arrow and Feather files hold them) unpacked: blocks, linked or not, with the bound
 * on the result as an argument. Checksums are skipped: the reader checks structure.
 */
const magic = 0x184d2204;

/** @throws Error for anything that is no LZ4 frame, or longer than `bytesMax` */
export function unpackLz4Frame(input: Uint8Array, bytesMax: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  if (input.length < 7 || view.getUint32(0, true) !== magic) throw new Error('no LZ4 frame');
  const flags = input[4]!;
  if (flags >> 6 !== 1) throw new Error('an LZ4 frame of an unknown version');
  const blockChecksum = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  if (hasDictionary) throw new Error('an LZ4 frame with a dictionary');
  const output = new Output(
    bytesMax,
    hasSize ? Number(view.getBigUint64(6, true)) : input.length * 3,
  );
  let at = 7 + (hasSize ? 8 : 0);
  for (;;) {
    if (at + 4 > input.length) throw new Error('an LZ4 frame is cut off');
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) return output.bytes.subarray(0, output.size);
    const length = word & 0x7fffffff;
    if (at + length > input.length) throw new Error('an LZ4 frame is cut off');
    if (word >>> 31 === 1) output.append(input, at, at + length);
    else unpackBlock(input, at, at + length, output);
    at += length + (blockChecksum ? 4 : 0);
  }
}

class Output {
  bytes: Uint8Array;
  size = 0;
  readonly #max: number;

  constructor(max: number, expected: number) {
    this.#max = max;
    this.bytes = new Uint8Array(Math.min(max, Math.max(64, expected)));
  }

  reserve(count: number): void {
    const needed = this.size + count;
    if (needed > this.#max) throw new Error(`an LZ4 frame of more than ${this.#max} bytes`);
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.min(this.#max, Math.max(needed, this.bytes.length * 2)));
    grown.set(this.bytes.subarray(0, this.size));
    this.bytes = grown;
  }

  append(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.set(from.subarray(start, end), this.size);
    this.size += end - start;
  }

  /** Repeats what stands `offset` bytes before; the two may overlap. */
  repeat(offset: number, count: number): void {
    if (offset === 0 || offset > this.size) throw new Error('an LZ4 match before the beginning');
    this.reserve(count);
    const { bytes, size } = this;
    if (offset >= count) bytes.copyWithin(size, size - offset, size - offset + count);
    else for (let i = 0; i < count; i++) bytes[size + i] = bytes[size + i - offset]!;
    this.size += count;
  }
}

function unpackBlock(input: Uint8Array, from: number, end: number, output: Output): void {
  let at = from;
  const lengthFrom = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= end) throw new Error('an LZ4 block is cut off');
      byte = input[at++]!;
    }
    return length;
  };
  while (at < end) {
    const token = input[at++]!;
    const literals = lengthFrom(token >> 4);
    if (at + literals > end) throw new Error('an LZ4 block is cut off');
    output.append(input, at, at + literals);
    at += literals;
    if (at === end) return;
    if (at + 2 > end) throw new Error('an LZ4 block is cut off');
    const offset = input[at]! | (input[at + 1]! << 8);
    at += 2;
    output.repeat(offset, lengthFrom(token & 15) + 4);
  }
}
