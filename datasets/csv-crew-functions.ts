/**
 * What each member of a crew does for an import: a share of the columns in the first pass, shard
 * after shard in the second. Input and output are plain data, bytes travel in shared memory.
 *
 * Pure but for the opening of the file, which is handed in. What a shard's reading needs beside its
 * place is the same for a whole import: it is encoded once and kept from call to call.
 */
import { sha256Hex } from '../schemas/canonical.ts';
import { FrameProfile, type ProfilePart } from './column-profile.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { type SniffFindings, SniffPass, type SniffTask } from './csv-sniff-pass.ts';
import type { ByteFiller, CsvMark } from './csv-types.ts';
import { DataError } from './data-error.ts';
import { columnSchema, type DataColumn } from './data-schema.ts';
import { FrameReader } from './frame-builder.ts';
import type { ShardEncoder } from './shard-encoder.ts';
import type { ShardSpan } from './shard-plan.ts';

/** Opens a file for its bytes from `from` up to `to`, or to its end if that comes first. */
export type OpenRange = (path: string, from: number, to: number) => ByteFiller;

export interface SniffInput {
  readonly path: string;
  /** Name of the file, for errors. */
  readonly file: string | undefined;
  readonly task: SniffTask;
  /** Bytes and rows read so far, two 64-bit integers, for others to look at. */
  readonly tally: SharedArrayBuffer;
}

/** Undefined: the file has a fault. */
export type SniffOutput = SniffFindings | undefined;

export interface EncodePlan {
  readonly dialect: CsvDialect;
  readonly file: string | undefined;
  readonly missing: readonly string[];
  readonly columns: readonly DataColumn[];
}

export interface EncodeInput {
  readonly path: string;
  /** What `encodedPlan` made. */
  readonly plan: SharedArrayBuffer;
  readonly span: ShardSpan;
  readonly start: CsvMark;
  readonly end: CsvMark;
  /** Whether nothing may follow the end. */
  readonly last: boolean;
  /**
   * Where to write the shard, if it is long enough. Its columns are gathered at the end, then move
   * to their places from first to last.
   */
  readonly room: SharedArrayBuffer;
  readonly hash: boolean;
}

export interface EncodeOutput {
  /** Bytes of the shard in the room, or the shard itself where the room was too short. */
  readonly bytes: number | Uint8Array;
  readonly sha256: string | undefined;
  /** Missing values of each column. */
  readonly missing: readonly number[];
  /** Of each column. */
  readonly profile: readonly ProfilePart[];
}

/** What is not as the first pass left it. */
export interface EncodeFault {
  readonly fault: string;
}

export function encodedPlan(plan: EncodePlan): SharedArrayBuffer {
  const bytes = new TextEncoder().encode(JSON.stringify(plan));
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}

/** The functions by the names that `csv-crew.ts` calls. `progress` may throw to end the work. */
export function csvCrewFunctions(openRange: OpenRange) {
  // Calls may run at the same time, so that each takes an encoder for itself.
  const idle: SpanEncoder[] = [];
  return {
    'csv-sniff': async (input: SniffInput, progress: () => void): Promise<SniffOutput> => {
      const tally = new BigInt64Array(input.tally);
      const open = () => openRange(input.path, 0, Number.POSITIVE_INFINITY);
      try {
        const part = { open, dialect: input.task.dialect, file: input.file };
        return await new SniffPass(input.task).run([part], ({ bytes, rows }) => {
          Atomics.store(tally, 0, BigInt(bytes));
          Atomics.store(tally, 1, BigInt(rows));
          progress();
        });
      } catch (error) {
        if (error instanceof DataError) return undefined;
        throw error;
      }
    },
    'csv-shard': async (
      input: EncodeInput,
      progress: () => void,
    ): Promise<EncodeOutput | EncodeFault> => {
      const plan = Buffer.from(input.plan);
      const kept = idle.findIndex((encoder) => encoder.plan.equals(plan));
      // What is idle and does not fit is left from an import that is over.
      if (kept < 0) idle.length = 0;
      const encoder = idle.splice(kept, 1)[0] ?? (await makeSpanEncoder(plan));
      try {
        const output = await encoder.encode(input, openRange, progress);
        idle.push(encoder);
        return output;
      } catch (error) {
        if (error instanceof DataError) return { fault: error.message };
        throw error;
      }
    },
  };
}

async function makeSpanEncoder(plan: Buffer): Promise<SpanEncoder> {
  // apache-arrow is slow to load, so only the second pass pays for it.
  const { ShardEncoder } = await import('./shard-encoder.ts');
  const content: EncodePlan = JSON.parse(plan.toString());
  return new SpanEncoder(plan, content, new ShardEncoder(content.columns));
}

/** Any shard of one import, one after the other. */
class SpanEncoder {
  readonly plan: Buffer;
  readonly #encoder: ShardEncoder;
  readonly #columns: readonly DataColumn[];
  readonly #reader: FrameReader;

  constructor(plan: Buffer, content: EncodePlan, encoder: ShardEncoder) {
    this.plan = plan;
    this.#encoder = encoder;
    this.#columns = content.columns;
    this.#reader = new FrameReader({
      ...content,
      columns: content.columns.map(columnSchema),
      rowsOf: () => 0,
      rowsMax: 0,
      unseen: 'refuse',
      reuse: true,
    });
  }

  async encode(
    { path, span, start, end, last, room, hash }: EncodeInput,
    openRange: OpenRange,
    progress: () => void,
  ): Promise<EncodeOutput | EncodeFault> {
    const before = this.#reader.missing();
    const to = last ? Number.POSITIVE_INFINITY : end.byteOffset;
    const open = () => openRange(path, start.byteOffset, to);
    const frame = await this.#reader.frameOf(open, { start, end }, span, room, progress);
    if (frame === undefined) {
      const { rows, bytes } = this.#reader;
      return {
        fault: `row ${end.row} ended at byte ${end.byteOffset} and now row ${rows} at ${bytes}`,
      };
    }
    const profile = new FrameProfile(this.#columns);
    // Before the columns in the room are written over.
    profile.take(frame);
    const shard = this.#encoder.encode(frame, new Uint8Array(room));
    return {
      profile: profile.parts(),
      bytes: shard.buffer === room ? shard.length : shard.slice(),
      sha256: hash ? sha256Hex(shard) : undefined,
      missing: this.#reader.missing().map((count, i) => count - before[i]!),
    };
  }
}
