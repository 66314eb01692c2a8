/**
 * The canonical encoding: the bytes that digests are taken of.
 *
 * A flat sequence of tagged fields, little-endian, lengths in front: equal values have equal bytes
 * and every value has one encoding (one NaN, one zero, well-formed UTF-8, no maps). Reading trusts
 * nothing: every length is checked against the bytes that are there before anything is allocated,
 * and the only error is `CanonicalError`. The file knows no learner and no message.
 */
import { createHash } from 'node:crypto';

export class CanonicalError extends Error {
  override readonly name = 'CanonicalError';
  readonly code = 'canonical';
}

/** Tag of each field; the number is part of the format. */
const TAG = { uint: 1, float: 2, bool: 3, text: 4, bytes: 5, u16s: 6, u32s: 7, f64s: 8 } as const;

const NAN_HIGH = 0x7ff80000;
const encoder = new TextEncoder();
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Appends fields; `finish` returns the bytes, after which the writer is used up. */
export class CanonicalWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(expectedBytes = 256) {
    this.#bytes = new Uint8Array(Math.max(16, expectedBytes));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** A whole number from 0 to 2^53 - 1. */
  uint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new CanonicalError(`"${value}" is not a whole number from 0 to 2^53 - 1`);
    }
    this.#tag(TAG.uint, 8);
    this.#raw64(value % 2 ** 32, Math.floor(value / 2 ** 32));
    return this;
  }

  float(value: number): this {
    this.#tag(TAG.float, 8);
    this.#float(value);
    return this;
  }

  bool(value: boolean): this {
    this.#tag(TAG.bool, 1);
    this.#bytes[this.#length++] = value ? 1 : 0;
    return this;
  }

  text(value: string): this {
    if (!value.isWellFormed()) {
      throw new CanonicalError(`text ${JSON.stringify(value)} holds half a surrogate pair`);
    }
    const utf8 = encoder.encode(value);
    this.#head(TAG.text, utf8.length, 1);
    this.#put(utf8);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#head(TAG.bytes, value.length, 1);
    this.#put(value);
    return this;
  }

  u16s(values: Uint16Array): this {
    this.#head(TAG.u16s, values.length, 2);
    if (littleEndian)
      this.#put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    else for (const value of values) this.#raw16(value);
    return this;
  }

  u32s(values: Uint32Array): this {
    this.#head(TAG.u32s, values.length, 4);
    if (littleEndian)
      this.#put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    else for (const value of values) this.#raw32(value);
    return this;
  }

  f64s(values: Float64Array): this {
    this.#head(TAG.f64s, values.length, 8);
    for (let i = 0; i < values.length; i++) this.#float(values[i]!);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #tag(tag: number, payload: number): void {
    this.#room(payload + 1);
    this.#bytes[this.#length++] = tag;
  }

  #head(tag: number, items: number, size: number): void {
    if (items >= 2 ** 32) throw new CanonicalError(`${items} items are more than a field holds`);
    this.#tag(tag, 4 + items * size);
    this.#raw32(items);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  #put(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #raw16(value: number): void {
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  #raw32(value: number): void {
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  #raw64(low: number, high: number): void {
    this.#raw32(low);
    this.#raw32(high);
  }

  #float(value: number): void {
    if (Number.isNaN(value)) {
      this.#raw64(0, NAN_HIGH);
      return;
    }
    // Adding zero turns -0 into 0 and changes nothing else.
    this.#view.setFloat64(this.#length, value + 0, true);
    this.#length += 8;
  }
}

/** Reads fields in the order in which they were written; anything else throws `CanonicalError`. */
export class CanonicalReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** @param maxBytes refuses longer input outright */
  constructor(bytes: Uint8Array, maxBytes = 2 ** 31) {
    if (bytes.length > maxBytes) {
      throw new CanonicalError(`${bytes.length} bytes are more than the ${maxBytes} allowed`);
    }
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  uint(max = Number.MAX_SAFE_INTEGER): number {
    this.#expect(TAG.uint, 8);
    const value = this.#raw32() + this.#raw32() * 2 ** 32;
    if (value > max) throw new CanonicalError(`${value} is more than the ${max} allowed`);
    return value;
  }

  float(): number {
    this.#expect(TAG.float, 8);
    return this.#float();
  }

  bool(): boolean {
    this.#expect(TAG.bool, 1);
    const value = this.#bytes[this.#at++]!;
    if (value > 1) throw new CanonicalError(`byte ${value} is neither true nor false`);
    return value === 1;
  }

  /** @param maxBytes bound on the UTF-8 length */
  text(maxBytes = 2 ** 20): string {
    const bytes = this.#payload(TAG.text, 1, maxBytes);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        new Uint8Array(bytes),
      );
    } catch {
      throw new CanonicalError(`text before byte ${this.#at} is not UTF-8`);
    }
  }

  /** A view into the input, not a copy. */
  bytes(maxLength = 2 ** 31): Uint8Array {
    return this.#payload(TAG.bytes, 1, maxLength);
  }

  u16s(maxItems = 2 ** 30): Uint16Array<ArrayBuffer> {
    const payload = this.#payload(TAG.u16s, 2, maxItems);
    if (littleEndian) return new Uint16Array(new Uint8Array(payload).buffer);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    return Uint16Array.from({ length: payload.length / 2 }, (_, i) => view.getUint16(i * 2, true));
  }

  u32s(maxItems = 2 ** 29): Uint32Array<ArrayBuffer> {
    const payload = this.#payload(TAG.u32s, 4, maxItems);
    if (littleEndian) return new Uint32Array(new Uint8Array(payload).buffer);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    return Uint32Array.from({ length: payload.length / 4 }, (_, i) => view.getUint32(i * 4, true));
  }

  f64s(maxItems = 2 ** 28): Float64Array<ArrayBuffer> {
    const items = this.#payload(TAG.f64s, 8, maxItems).length / 8;
    this.#at -= items * 8;
    const values = new Float64Array(items);
    for (let i = 0; i < items; i++) values[i] = this.#float();
    return values;
  }

  /** Asserts that nothing follows. */
  end(): void {
    if (this.remaining > 0)
      throw new CanonicalError(`${this.remaining} bytes follow the last field`);
  }

  #expect(tag: number, payload: number): void {
    if (this.remaining < payload + 1) {
      throw new CanonicalError(`input ends at byte ${this.#bytes.length} inside a field`);
    }
    const found = this.#bytes[this.#at++]!;
    if (found !== tag) {
      throw new CanonicalError(`field at byte ${this.#at - 1} has tag ${found}, expected ${tag}`);
    }
  }

  #payload(tag: number, size: number, maxItems: number): Uint8Array {
    this.#expect(tag, 4);
    const items = this.#raw32();
    if (items > maxItems) {
      throw new CanonicalError(`${items} items are more than the ${maxItems} allowed`);
    }
    if (items * size > this.remaining) {
      throw new CanonicalError(`${items * size} bytes announced, ${this.remaining} are left`);
    }
    const from = this.#at;
    this.#at += items * size;
    return this.#bytes.subarray(from, this.#at);
  }

  #raw32(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  #float(): number {
    const value = this.#view.getFloat64(this.#at, true);
    const low = this.#view.getUint32(this.#at, true);
    const high = this.#view.getUint32(this.#at + 4, true);
    if ((Number.isNaN(value) && (low !== 0 || high !== NAN_HIGH)) || Object.is(value, -0)) {
      throw new CanonicalError(`number at byte ${this.#at} is not in its one canonical form`);
    }
    this.#at += 8;
    return value;
  }
}

/** JSON with sorted keys and no blanks: equal values, equal text. For specs and manifests. */
export function canonicalJson(value: unknown): string {
  return jsonOf(value, '', 0);
}

const JSON_DEPTH_MAX = 256;

function jsonOf(value: unknown, path: string, depth: number): string {
  if (depth > JSON_DEPTH_MAX) {
    throw new CanonicalError(`value${path} is nested deeper than ${JSON_DEPTH_MAX} levels`);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (value.isWellFormed()) return JSON.stringify(value);
    throw new CanonicalError(`value${path} holds half a surrogate pair`);
  }
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return JSON.stringify(value + 0);
    throw new CanonicalError(`value${path} is ${value}, canonical JSON holds finite numbers only`);
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, i) => jsonOf(item, `${path}[${i}]`, depth + 1)).join(',')}]`;
  }
  if (typeof value !== 'object') {
    throw new CanonicalError(`value${path} is a ${typeof value}, which JSON does not hold`);
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new CanonicalError(`value${path} is not a plain object`);
  }
  // Absent and undefined are the same thing in JSON. Keys sort by UTF-16 units, as in RFC 8785.
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, item]) => `${jsonOf(key, path, depth)}:${jsonOf(item, `${path}.${key}`, depth + 1)}`,
    );
  return `{${fields.join(',')}}`;
}

/** SHA-256 of bytes or of the UTF-8 of a text, as 64 lower-case hexadecimal digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
