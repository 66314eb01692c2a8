/**
 * A chunked input as bytes in the amounts asked for: how it was cut makes no difference.
 */
import type { ByteFiller, ByteInput, ByteSource } from './csv-types.ts';

/** The input as amounts of bytes, whichever way it comes. */
export function openFiller(open: ByteInput): ByteFiller {
  const input = open();
  const inChunks = Symbol.iterator in input || Symbol.asyncIterator in input;
  return inChunks ? new ChunkFiller(input) : input;
}

/** Hands out the bytes of a chunked input in the amounts asked for. */
class ChunkFiller implements ByteFiller {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(input: ReturnType<ByteSource>) {
    this.#iterator =
      Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
  }

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
