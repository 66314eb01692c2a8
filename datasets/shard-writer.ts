/**
 * Frames into stored shards, one after the other: the end of every import.
 *
 * One shard is hashed and stored while the rows of the next are read; memory is about two shards.
 */
import { subtle } from 'node:crypto';
import { FrameProfile, withProfile } from './column-profile.ts';
import { DataError } from './data-error.ts';
import type { DataColumn } from './data-schema.ts';
import type { Frame } from './frame.ts';
import type { ShardEntry } from './manifest.ts';
import type { ShardSpan } from './shard-plan.ts';

export interface ShardSink {
  /** SHA-256 in hexadecimal digits, for a caller who gets it anyway; absent: node:crypto's. */
  readonly digest?: (bytes: Uint8Array) => Promise<string>;
  /** Shards are written over the bytes of others, which `onShard` must not keep. Default false. */
  readonly reuseShardBytes?: boolean;
  /**
   * Stores a shard; without `reuseShardBytes` the bytes are the callee's to keep. Called in order,
   * one call at a time; the columns of the next shard are read meanwhile.
   */
  readonly onShard: (bytes: Uint8Array, entry: ShardEntry) => Promise<void> | void;
}

/** Takes shards in order, the next once the last is stored. */
export type StoreShard = (span: ShardSpan, bytes: Uint8Array, sha256?: string) => Promise<void>;

/** Stores by the sink, and lists what is stored in `shards`. */
export function storeBy(sink: ShardSink, shards: ShardEntry[]): StoreShard {
  return async (span, bytes, known) => {
    const sha256 = known ?? (await (sink.digest ?? sha256Aside)(bytes));
    const entry = { ...span, bytes: bytes.length, sha256 };
    await sink.onShard(bytes, entry);
    shards.push(entry);
  };
}

/** A later reading of the files must have found what the first has. */
export function checkCounts(
  file: string | undefined,
  found: { readonly rows: number; readonly missing: readonly number[] },
  wanted: { readonly rows: number; readonly columns: readonly DataColumn[] },
): void {
  const fix = 'import the file again once nothing writes to it';
  if (found.rows !== wanted.rows) {
    const what = `there were ${wanted.rows} rows and now there are ${found.rows}`;
    throw new DataError('data-changed', what, fix, { file });
  }
  // The encoder relied on these counts, and they tell a changed file by its content.
  wanted.columns.forEach(({ name, stats }, i) => {
    if (found.missing[i] === stats.missing) return;
    const what = `${stats.missing} values were missing and now ${found.missing[i]} are`;
    throw new DataError('data-changed', what, fix, { file, column: name });
  });
}

/**
 * Stores a frame as the shard of each span; ends early where a frame has other rows. Returns the
 * columns with their profile.
 */
export async function storeFrames(
  frames: AsyncIterable<Frame>,
  columns: readonly DataColumn[],
  spans: readonly ShardSpan[],
  store: StoreShard,
  reuse: boolean,
): Promise<DataColumn[]> {
  // apache-arrow is slow to load, so only an import pays for it.
  const { ShardEncoder } = await import('./shard-encoder.ts');
  const encoder = new ShardEncoder(columns);
  const profile = new FrameProfile(columns);
  let room: Uint8Array | undefined;
  let next = 0;
  let storing = Promise.resolve();
  try {
    for await (const frame of frames) {
      await storing;
      const span = spans[next++];
      if (span === undefined || span.rows !== frame.rows) break;
      profile.take(frame);
      const bytes = encoder.encode(frame, room);
      if (reuse) room = new Uint8Array(bytes.buffer);
      storing = store(span, bytes);
      // A failure is thrown where it is awaited, not as an unhandled rejection before.
      storing.catch(() => {});
    }
  } finally {
    await storing;
  }
  return withProfile(columns, [profile.parts()]);
}

/** SHA-256 in Node's own thread pool: the next shard is read meanwhile. */
async function sha256Aside(bytes: Uint8Array): Promise<string> {
  // The bytes are never in shared memory here, which is all that the cast leaves out.
  const digest = await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Buffer.from(digest).toString('hex');
}
