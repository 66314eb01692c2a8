/**
 * A chunked input as bytes in the amounts asked for: how it was cut makes no difference.
 */
import type { ByteSource } from './csv-types.ts';

/** Hands out the bytes of a chunked input in the amounts asked for. */
export class ChunkFiller {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(open: ByteSource) {
    const source = open();
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Fills `target[from, to)`; returns where it stopped, before `to` only at the end of the input. */
  async fill(target: Uint8Array, from: number, to: number): Promise<number> {
    let at = from;
    while (at < to && (await this.#more())) {
      const part = this.#chunk.subarray(0, to - at);
      target.set(part, at);
      at += part.length;
      this.#chunk = this.#chunk.subarray(part.length);
    }
    return at;
  }

  /** The next `count` bytes as they lie in their chunk, undefined when they span several. */
  async whole(count: number): Promise<Uint8Array | undefined> {
    if (!(await this.#more()) || this.#chunk.length < count) return undefined;
    const part = this.#chunk.subarray(0, count);
    this.#chunk = this.#chunk.subarray(count);
    return part;
  }

  /** Drops the first `count` bytes; returns how many there were to drop. */
  async skip(count: number): Promise<number> {
    let skipped = 0;
    while (skipped < count && (await this.#more())) {
      const part = Math.min(this.#chunk.length, count - skipped);
      this.#chunk = this.#chunk.subarray(part);
      skipped += part;
    }
    return skipped;
  }

  async close(): Promise<void> {
    if (!this.#ended) await this.#iterator.return?.();
    this.#ended = true;
  }

  async #more(): Promise<boolean> {
    while (this.#chunk.length === 0 && !this.#ended) {
      const next = await this.#iterator.next();
      if (next.done === true) this.#ended = true;
      else this.#chunk = next.value;
    }
    return this.#chunk.length > 0;
  }
}
