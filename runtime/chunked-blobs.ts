/**
 * Blobs as content-addressed chunks, each blob with a record; where chunks lie is the adapter's.
 *
 * A chunk is stored only where there is none, so sending one twice changes nothing, and what a
 * broken put left is not sent again. The record says `complete` once every chunk is there; readers
 * look at nothing else. A removal takes away only chunks that were stored before its mark, so one
 * that comes late harms nothing that was stored since. Waits are bounded: every chunk has a few
 * attempts.
 */
import { createHash, type Hash } from 'node:crypto';
import { RetryableError, ShoalError, TerminalError } from '../schemas/errors.ts';
import { type Digest, parseDigest } from '../schemas/ids.ts';
import { limits } from '../schemas/limits.ts';
import { type BlobRecord, records } from '../schemas/wire.ts';
import { ConflictError } from './errors.ts';
import type { BlobProgress, Blobs, BlobUsage } from './ports/blobs.ts';
import type { Clock } from './ports/clock.ts';
import type { Store } from './ports/store.ts';
import { Window } from './window.ts';

/** Where chunks lie. Every call is bounded in time. */
export interface ChunkStore {
  /** Stores a chunk where there is none, or with `anew` in the place of what is there. */
  send(digest: Digest, n: number, bytes: Uint8Array, anew: boolean): Promise<void>;
  /** The chunk stored last, or undefined where there is none. */
  read(digest: Digest, n: number): Promise<Uint8Array | undefined>;
  /** Numbers of the chunks that are stored. */
  present(digest: Digest): Promise<ReadonlySet<number>>;
  /** A place in the order of storing: whatever is stored from now on is not below it. */
  frontier(): Promise<number>;
  /** Removes the chunks that were stored below this place. */
  purge(digest: Digest, below: number): Promise<void>;
  usage(): Promise<BlobUsage>;
  /** Resolves when it makes sense to try again. */
  untilRetry(): Promise<void>;
}

const chunkAttempts = 5;
const recordAttempts = 20;
/** A replica that lags, or a chunk that was replaced meanwhile, passes. */
const readAttempts = 2;
/** Hashing this much takes a few milliseconds; then others get a turn. */
const hashSlice = 8 * 1024 * 1024;

interface Found {
  readonly record: BlobRecord;
  readonly revision: number;
}

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
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.find(digest);
      if (found === undefined || !found.record.complete) {
        throw new TerminalError('no-blob', `blob ${digest} is not stored`);
      }
      try {
        return await this.fetch(digest, found, onProgress);
      } catch (error) {
        const damaged = error instanceof ShoalError && error.code === 'corrupt-blob';
        if (damaged && attempt < readAttempts) continue;
        if (damaged) await this.denounce(digest, found);
        throw error;
      }
    }
  }

  private async fetch(
    digest: Digest,
    { record }: Found,
    onProgress: BlobProgress | undefined,
  ): Promise<Uint8Array> {
    const { size, chunks } = record;
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

  async touch(digest: Digest, anew = false): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.find(digest);
      if (found === undefined || !found.record.complete || found.record.damaged) return false;
      if (!found.record.condemned && !anew) return true;
      try {
        await this.write(digest, found, { condemned: false, lastUsedMs: this.clock.wallMs() });
        return true;
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt >= recordAttempts) throw error;
        await this.pause(attempt * 10);
      }
    }
  }

  async remove(digest: Digest, revision?: number): Promise<void> {
    // Taken before the mark: whoever stores the blob anew after the mark stores above it.
    const frontier = await this.chunks.frontier();
    const found = await this.find(digest);
    if (found === undefined) return;
    if (revision !== undefined && found.revision !== revision) throw new ConflictError(digest);
    const { complete, condemned, purgeBelow } = found.record;
    const below = Math.max(frontier, Number(purgeBelow));
    // Nobody takes it for complete while its chunks go.
    const mark = { complete: false, condemned: true, purgeBelow: below };
    const marked = await this.write(digest, found, mark);
    try {
      await this.chunks.purge(digest, below);
    } catch (error) {
      const denied = error instanceof ShoalError && error.code === 'denied';
      // Nothing was removed, and this process never may.
      if (denied) await this.write(digest, marked, { complete, condemned, purgeBelow });
      throw error;
    }
    await this.store.erase('blobs', digest, marked.revision);
  }

  usage(): Promise<BlobUsage> {
    return this.chunks.usage();
  }

  private async putOnce(digest: Digest, bytes: Uint8Array, progress?: BlobProgress) {
    const total = Math.ceil(bytes.length / limits.chunkBytes);
    const before = await this.find(digest);
    if (before?.record.complete === true && !before.record.damaged) {
      await this.write(digest, before, { condemned: false, lastUsedMs: this.clock.wallMs() });
      progress?.(bytes.length, bytes.length);
      return;
    }
    const found =
      before === undefined
        ? await this.begin(digest, bytes.length, total)
        : await this.reopen(digest, before, bytes.length, total);
    const { damaged, purgeBelow } = found.record;
    // What a removal is after, or a reader found damaged, is not built upon.
    const anew = damaged || Number(purgeBelow) > 0;
    const look = before !== undefined && !anew;
    const present = look ? await this.chunks.present(digest) : new Set<number>();
    let done = 0;
    await this.window.each(total, async (n) => {
      const chunk = slice(bytes, n);
      if (!present.has(n)) {
        await this.persistently(() => this.chunks.send(digest, n, chunk, anew));
      }
      done += chunk.length;
      progress?.(done, bytes.length);
    });
    const lastUsedMs = this.clock.wallMs();
    await this.write(digest, found, { complete: true, damaged: false, purgeBelow: 0, lastUsedMs });
  }

  /** Takes over what somebody began, or began to remove: their next write fails. */
  private reopen(digest: Digest, found: Found, size: number, chunks: number): Promise<Found> {
    const { condemned, damaged } = found.record;
    if (!condemned && !damaged) return Promise.resolve(found);
    return this.write(digest, found, { condemned: false, size, chunks });
  }

  /** Notes that stored bytes are not those of the name: the next put stores them anew. */
  private async denounce(digest: Digest, found: Found): Promise<void> {
    try {
      await this.write(digest, found, { damaged: true });
    } catch {
      // Not ours to write, changed meanwhile, or out of reach: whoever reads next will see.
    }
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
