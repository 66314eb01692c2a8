/**
 * Blobs as content-addressed chunks, each blob with a record; where chunks lie is the adapter's.
 *
 * A chunk is stored only where there is none, so sending one twice changes nothing, and what a
 * broken put left is not sent again. The record says `complete` once every chunk is there; readers
 * look at nothing else. Waits are bounded: every chunk has a few attempts.
 */
import { createHash, type Hash } from 'node:crypto';
import { RetryableError, ShoalError, TerminalError } from '../schemas/errors.ts';
import { type Digest, parseDigest } from '../schemas/ids.ts';
import { limits } from '../schemas/limits.ts';
import { type BlobRecord, records } from '../schemas/wire.ts';
import { ConflictError } from './errors.ts';
import type { BlobProgress, Blobs } from './ports/blobs.ts';
import type { Clock } from './ports/clock.ts';
import type { Store } from './ports/store.ts';
import { Window } from './window.ts';

/** Where chunks lie. Every call is bounded in time. */
export interface ChunkStore {
  /** Stores a chunk where there is none; one that is there already is left alone. */
  send(digest: Digest, n: number, bytes: Uint8Array): Promise<void>;
  /** The chunk, or undefined where there is none. */
  read(digest: Digest, n: number): Promise<Uint8Array | undefined>;
  /** Numbers of the chunks that are stored. */
  present(digest: Digest): Promise<ReadonlySet<number>>;
  purge(digest: Digest): Promise<void>;
  /** Resolves when it makes sense to try again. */
  untilRetry(): Promise<void>;
}

const chunkAttempts = 5;
const recordAttempts = 20;
/** Hashing this much takes a few milliseconds; then others get a turn. */
const hashSlice = 8 * 1024 * 1024;

interface Found {
  readonly record: BlobRecord;
  readonly revision: number;
}

const reclaimMs = 15_000;

export class ChunkedBlobs implements Blobs {
  private readonly chunks: ChunkStore;
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly window = new Window(limits.chunksInFlight);

  constructor(chunks: ChunkStore, store: Store, clock: Clock) {
    this.chunks = chunks;
    this.store = store;
    this.clock = clock;
  }

  async put(bytes: Uint8Array, onProgress?: BlobProgress): Promise<Digest> {
    if (bytes.length > limits.blobMax) {
      throw new TerminalError(
        'too-large',
        `blob has ${bytes.length} bytes, at most ${limits.blobMax} are allowed`,
      );
    }
    const digest = await digestOf(bytes, this.clock);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.putOnce(digest, bytes, onProgress);
        return digest;
      } catch (error) {
        // Somebody else completed, touched or removed the same blob meanwhile: look again.
        if (!(error instanceof ConflictError) || attempt >= recordAttempts) throw error;
        await this.pause(attempt * 10);
      }
    }
  }

  async get(digest: Digest, onProgress?: BlobProgress): Promise<Uint8Array> {
    const found = await this.find(digest);
    if (found === undefined || !found.record.complete) {
      throw new TerminalError('no-blob', `blob ${digest} is not stored`);
    }
    const { size, chunks } = found.record;
    if (size > limits.blobMax || chunks !== Math.ceil(size / limits.chunkBytes)) {
      throw corrupt(digest, `its record says ${size} bytes in ${chunks} chunks`);
    }
    const bytes = new Uint8Array(size);
    const hash = createHash('sha256');
    const arrived = new Set<number>();
    let hashed = 0;
    let done = 0;
    await this.window.each(chunks, async (n) => {
      const end = Math.min(size, (n + 1) * limits.chunkBytes);
      const chunk = await this.chunk(digest, n, chunks);
      const expected = end - n * limits.chunkBytes;
      if (chunk.length !== expected) {
        throw corrupt(digest, `chunk ${n} has ${chunk.length} bytes, expected ${expected}`);
      }
      bytes.set(chunk, n * limits.chunkBytes);
      done += chunk.length;
      arrived.add(n);
      // Chunks arrive in any order; the hash follows the unbroken front.
      for (; arrived.delete(hashed); hashed += 1) hash.update(slice(bytes, hashed));
      onProgress?.(done, size);
    });
    if (finish(hash) !== digest) throw corrupt(digest, 'its bytes have another SHA-256');
    return bytes;
  }

  async has(digest: Digest): Promise<boolean> {
    return (await this.find(digest))?.record.complete === true;
  }

  async remove(digest: Digest): Promise<void> {
    const found = await this.find(digest);
    if (found === undefined) return;
    // Marked first: nobody takes it for complete while its chunks go, and a put waits for the end.
    const marked = await this.write(digest, found, { complete: false, condemned: true });
    await this.chunks.purge(digest);
    await this.store.remove('blobs', digest, marked.revision);
  }

  private async putOnce(digest: Digest, bytes: Uint8Array, progress?: BlobProgress) {
    const total = Math.ceil(bytes.length / limits.chunkBytes);
    const before = await this.find(digest);
    if (before?.record.complete === true) {
      await this.write(digest, before, { condemned: false, lastUsedMs: this.clock.wallMs() });
      progress?.(bytes.length, bytes.length);
      return;
    }
    let found = before;
    if (found === undefined) found = await this.begin(digest, bytes.length, total);
    else if (found.record.condemned) found = await this.reclaim(digest);
    const present = before === undefined ? new Set<number>() : await this.chunks.present(digest);
    let done = 0;
    await this.window.each(total, async (n) => {
      const chunk = slice(bytes, n);
      if (!present.has(n)) {
        await this.persistently(() => this.chunks.send(digest, n, chunk));
      }
      done += chunk.length;
      progress?.(done, bytes.length);
    });
    await this.write(digest, found, { complete: true, lastUsedMs: this.clock.wallMs() });
  }

  private async begin(digest: Digest, size: number, chunks: number): Promise<Found> {
    const record = records.blob.create({
      size,
      chunks,
      complete: false,
      lastUsedMs: this.clock.wallMs(),
    });
    const revision = await this.store.create('blobs', digest, records.blob.encode(record));
    return { record, revision };
  }

  /** A removal is under way: let it end, and take over only from one that died half-way. */
  private async reclaim(digest: Digest): Promise<Found> {
    // Longer than a purge may take, lest a late one empties what is stored here anew.
    const giveUp = this.clock.nowMs() + reclaimMs;
    for (;;) {
      await this.pause(50);
      const found = await this.find(digest);
      if (found === undefined || !found.record.condemned) throw new ConflictError(digest);
      if (this.clock.nowMs() < giveUp) continue;
      return this.write(digest, found, { condemned: false });
    }
  }

  private async find(digest: Digest): Promise<Found | undefined> {
    const entry = await this.store.get('blobs', digest);
    if (entry === undefined) return undefined;
    return { record: records.blob.decode(entry.value), revision: entry.revision };
  }

  private async write(digest: Digest, found: Found, change: Partial<BlobRecord>): Promise<Found> {
    const record = Object.assign(found.record, change);
    const revision = await this.store.update(
      'blobs',
      digest,
      records.blob.encode(record),
      found.revision,
    );
    return { record, revision };
  }

  private chunk(digest: Digest, n: number, chunks: number): Promise<Uint8Array> {
    return this.persistently(async () => {
      const chunk = await this.chunks.read(digest, n);
      if (chunk === undefined) throw corrupt(digest, `chunk ${n} of ${chunks} is missing`);
      return chunk;
    });
  }

  /** Tries again, a few times, what may pass; a reconnect in between is waited for. */
  private async persistently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        const passing = error instanceof ShoalError && error.family === 'retryable';
        const lasting = error instanceof ShoalError && error.code === 'stream-full';
        if (!passing || lasting || attempt >= chunkAttempts) throw error;
        await this.chunks.untilRetry();
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve);
    });
  }
}

function corrupt(digest: Digest, why: string): RetryableError {
  return new RetryableError('corrupt-blob', `blob ${digest}: ${why}`, 1_000);
}

function slice(bytes: Uint8Array, n: number): Uint8Array {
  return bytes.subarray(n * limits.chunkBytes, (n + 1) * limits.chunkBytes);
}

/** SHA-256, giving way to the event loop in between: a heartbeat must not wait for a large blob. */
export async function digestOf(bytes: Uint8Array, clock: Clock): Promise<Digest> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += hashSlice) {
    hash.update(bytes.subarray(at, at + hashSlice));
    if (at + hashSlice < bytes.length) {
      await new Promise<void>((resolve) => {
        clock.after(0, resolve);
      });
    }
  }
  return finish(hash);
}

function finish(hash: Hash): Digest {
  return parseDigest(hash.digest('hex'));
}
