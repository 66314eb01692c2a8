/**
 * A dictionary from byte strings to small integers in order of first sight: a hash table with open
 * addressing over one arena of bytes, so a look-up makes no string and no garbage. Bytes are read
 * through a DataView, four at a time.
 */
import { decodeUtf8 } from './csv-field.ts';

export class LevelDictionary {
  #arena = new DataView(new ArrayBuffer(1024));
  /** Start of each entry in the arena, and the end of the last. */
  #offsets = new Int32Array(65);
  #hashes = new Int32Array(64);
  /** Entry + 1 a slot; 0 means free. Length is a power of two, at most half full. */
  #slots = new Int32Array(128);
  #size = 0;
  #longest = 0;

  constructor(texts: readonly string[] = []) {
    for (const text of texts) {
      const bytes = Buffer.from(text, 'utf8');
      this.add(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
    }
  }

  get size(): number {
    return this.#size;
  }

  /** The entry equal to the bytes [start, end); -1 when there is none. */
  find(bytes: DataView, start: number, end: number): number {
    if (end - start > this.#longest) return -1;
    return this.#slots[this.#slotOf(bytes, start, end, hashBytes(bytes, start, end))]! - 1;
  }

  /** The entry equal to the bytes [start, end), added if it is new. */
  add(bytes: DataView, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    const slot = this.#slotOf(bytes, start, end, hash);
    const found = this.#slots[slot]! - 1;
    if (found >= 0) return found;
    const entry = this.#size++;
    if (this.#size >= this.#hashes.length) this.#growEntries();
    const from = this.#offsets[entry]!;
    const to = from + (end - start);
    if (to > this.#arena.byteLength) this.#growArena(to);
    for (let i = start; i < end; i++) this.#arena.setUint8(from + i - start, bytes.getUint8(i));
    this.#longest = Math.max(this.#longest, end - start);
    this.#offsets[entry + 1] = to;
    this.#hashes[entry] = hash;
    this.#slots[slot] = entry + 1;
    if (this.#size * 2 > this.#slots.length) this.#growSlots();
    return entry;
  }

  text(entry: number): string {
    const bytes = new Uint8Array(this.#arena.buffer);
    return decodeUtf8(bytes, this.#offsets[entry]!, this.#offsets[entry + 1]!);
  }

  /** The slot that holds the string, or the free one where it belongs. */
  #slotOf(bytes: DataView, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const entry = slots[slot]! - 1;
      if (entry < 0) return slot;
      if (this.#hashes[entry] === hash && this.#equals(entry, bytes, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(entry: number, bytes: DataView, start: number, end: number): boolean {
    const from = this.#offsets[entry]!;
    if (this.#offsets[entry + 1]! - from !== end - start) return false;
    const arena = this.#arena;
    if (end - start < 4) {
      for (let i = start, j = from; i < end; i++, j++) {
        if (arena.getUint8(j) !== bytes.getUint8(i)) return false;
      }
      return true;
    }
    const last = end - 4;
    for (let i = start, j = from; i < last; i += 4, j += 4) {
      if (arena.getInt32(j, true) !== bytes.getInt32(i, true)) return false;
    }
    // The last four bytes may overlap the ones before: cheaper than a loop over what is left.
    return arena.getInt32(from + last - start, true) === bytes.getInt32(last, true);
  }

  #growEntries(): void {
    this.#offsets = enlarged(this.#offsets, this.#offsets.length * 2);
    this.#hashes = enlarged(this.#hashes, this.#hashes.length * 2);
  }

  #growArena(needed: number): void {
    const grown = new Uint8Array(Math.max(this.#arena.byteLength * 2, needed));
    grown.set(new Uint8Array(this.#arena.buffer));
    this.#arena = new DataView(grown.buffer);
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.#size; entry++) {
      let slot = this.#hashes[entry]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
    this.#slots = slots;
  }
}

function enlarged(old: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(length);
  grown.set(old);
  return grown;
}

/** Multiply and mix, four bytes a step (after FNV-1a and murmur3, both public domain). */
export function hashBytes(bytes: DataView, start: number, end: number): number {
  const last = end - 4;
  let hash = (end - start) | 0;
  if (last < start) {
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes.getUint8(i), 0x01000193);
  } else {
    for (let i = start; i < last; i += 4) {
      hash = Math.imul(hash ^ bytes.getInt32(i, true), 0x2c1b3c6d);
      hash ^= hash >>> 15;
    }
    hash ^= bytes.getInt32(last, true);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
