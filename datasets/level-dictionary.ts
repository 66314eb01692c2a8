/**
 * A dictionary from byte strings to small integers in order of first sight: a hash table with open
 * addressing over one arena of bytes, so a look-up makes no string and no garbage.
 */
import { decodeUtf8 } from './csv-field.ts';

export class LevelDictionary {
  #arena = new Uint8Array(1024);
  /** Start of each entry in the arena, and the end of the last. */
  #offsets = new Int32Array(65);
  #hashes = new Int32Array(64);
  /** Entry + 1 a slot; 0 means free. Length is a power of two, at most half full. */
  #slots = new Int32Array(128);
  #size = 0;

  constructor(texts: readonly string[] = []) {
    for (const text of texts) {
      const bytes = Buffer.from(text, 'utf8');
      this.add(bytes, 0, bytes.length);
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of all entries. */
  get bytes(): number {
    return this.#offsets[this.#size]!;
  }

  /** The entry equal to `bytes[start, end)`; -1 when there is none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.#slots[this.#slotOf(bytes, start, end, hashBytes(bytes, start, end))]! - 1;
  }

  /** The entry equal to `bytes[start, end)`, added if it is new. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    const slot = this.#slotOf(bytes, start, end, hash);
    const found = this.#slots[slot]! - 1;
    if (found >= 0) return found;
    const entry = this.#size++;
    if (this.#size >= this.#hashes.length) this.#growEntries();
    const from = this.#offsets[entry]!;
    const to = from + (end - start);
    if (to > this.#arena.length) this.#growArena(to);
    this.#arena.set(bytes.subarray(start, end), from);
    this.#offsets[entry + 1] = to;
    this.#hashes[entry] = hash;
    this.#slots[slot] = entry + 1;
    if (this.#size * 2 > this.#slots.length) this.#growSlots();
    return entry;
  }

  text(entry: number): string {
    return decodeUtf8(this.#arena, this.#offsets[entry]!, this.#offsets[entry + 1]!);
  }

  /** The slot that holds the string, or the free one where it belongs. */
  #slotOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
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

  #equals(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#offsets[entry]!;
    if (this.#offsets[entry + 1]! - from !== end - start) return false;
    const arena = this.#arena;
    for (let i = start, j = from; i < end; i++, j++) {
      if (arena[j] !== bytes[i]) return false;
    }
    return true;
  }

  #growEntries(): void {
    this.#offsets = enlarged(this.#offsets, this.#offsets.length * 2);
    this.#hashes = enlarged(this.#hashes, this.#hashes.length * 2);
  }

  #growArena(needed: number): void {
    const grown = new Uint8Array(Math.max(this.#arena.length * 2, needed));
    grown.set(this.#arena);
    this.#arena = grown;
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

/** FNV-1a over the bytes with a final mix (public domain; Fowler, Noll, Vo). */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
