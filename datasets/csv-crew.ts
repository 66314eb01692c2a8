/**
 * The two passes of an import shared out to a crew, with the same result as in one thread.
 *
 * The first pass is shared out by columns, since what is found about a column follows from its
 * values in the order of the rows; each share reads the whole file. The second is shared out by
 * shards, from places that the first has noted. How many share the work never shows in the result:
 * findings are put together by column, shards are stored in order.
 */
import { type ProfilePart, withProfile } from './column-profile.ts';
import {
  type EncodeFault,
  type EncodeInput,
  type EncodeOutput,
  encodedPlan,
  type SniffInput,
  type SniffOutput,
} from './csv-crew-functions.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { marksAround } from './csv-marks.ts';
import type { SniffFindings } from './csv-sniff-pass.ts';
import type { CsvCrew, CsvOptions, CsvSchema } from './csv-types.ts';
import { DataError } from './data-error.ts';
import type { DataColumn } from './data-schema.ts';
import { dictionaryBytesMax } from './level-sniffer.ts';
import { bytesPerRow, type ShardSpan } from './shard-plan.ts';

/**
 * The first pass by the crew, if there is one. Undefined where this thread must look for itself: a
 * fault of the file is reported as the first one in it, and levels that take too much room
 * together are judged in the order of the rows.
 */
export async function sniffInShares(
  dialect: CsvDialect,
  missing: readonly string[],
  options: CsvOptions,
): Promise<SniffFindings[] | undefined> {
  const { crew, signal, onProgress, file, kinds, storage } = options;
  const shares = Math.min(crew?.compute.slots ?? 1, dialect.names.length);
  if (crew === undefined || shares < 2) return undefined;
  const inputs = Array.from({ length: shares }, (_, share): SniffInput => {
    // Neighbouring columns are often alike, so each share takes every so many.
    const columns = dialect.names.map((_, i) => i).filter((i) => i % shares === share);
    const task = { dialect, missing, kinds, storage, columns, bytesChecked: share > 0 };
    return { path: crew.path, file, task, tally: new SharedArrayBuffer(16) };
  });
  const tell = () => {
    const [bytes, rows] = [0, 1].map((at) =>
      Math.min(...inputs.map(({ tally }) => Number(Atomics.load(new BigInt64Array(tally), at)))),
    );
    onProgress?.({ phase: 'sniff', bytes: bytes!, rows: rows! });
  };
  const outputs = await runAll(crew, 'csv-sniff', inputs, signal, tell);
  const findings = outputs.filter((output: SniffOutput) => output !== undefined);
  if (findings.length < shares) return undefined;
  const levelBytes = findings.reduce((sum, found) => sum + found.levelBytes, 0);
  const [{ rows, bytes }] = findings as [SniffFindings];
  const agree = findings.every((found) => found.rows === rows && found.bytes === bytes);
  if (levelBytes > dictionaryBytesMax || !agree) return undefined;
  tell();
  return findings;
}

/** All calls at the same time; when one fails the others are ended before its error is thrown. */
async function runAll(
  crew: CsvCrew,
  name: string,
  inputs: readonly SniffInput[],
  signal: AbortSignal | undefined,
  onProgress: () => void,
): Promise<SniffOutput[]> {
  const calls = new Calls(crew, signal);
  try {
    return await Promise.all(
      inputs.map((input) => calls.run(name, input, onProgress) as Promise<SniffOutput>),
    );
  } finally {
    await calls.end();
  }
}

/** Calls that end together. */
class Calls {
  readonly #crew: CsvCrew;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #outer: AbortSignal | undefined;
  readonly #open = new Set<Promise<unknown>>();

  constructor(crew: CsvCrew, signal: AbortSignal | undefined) {
    this.#crew = crew;
    this.#outer = signal;
    const own = this.#stop.signal;
    this.#signal = signal === undefined ? own : AbortSignal.any([own, signal]);
  }

  /** @throws the reason of the signal once that has ended the call */
  run(name: string, input: unknown, onProgress = () => {}): Promise<unknown> {
    const { compute } = this.#crew;
    const call = compute.run(name, input, { signal: this.#signal, onProgress }).catch((error) => {
      this.#outer?.throwIfAborted();
      throw error;
    });
    this.#open.add(call);
    // A failure is thrown where it is awaited, not as an unhandled rejection before.
    call.catch(() => {}).finally(() => this.#open.delete(call));
    return call;
  }

  /** Ends what is under way. */
  async end(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#open);
  }
}

interface SpanJob extends CsvOptions {
  readonly crew: CsvCrew;
  readonly reuseShardBytes?: boolean;
  readonly digest?: (bytes: Uint8Array) => Promise<string>;
}

/** What the second pass found. */
export interface Encoded {
  /** Missing values of each column. */
  readonly missing: readonly number[];
  /** The columns with their profile. */
  readonly columns: readonly DataColumn[];
}

/** A shard under way, and the room that it is written to. */
interface Flight {
  readonly span: ShardSpan;
  readonly room: SharedArrayBuffer;
  readonly output: Promise<EncodeOutput | EncodeFault>;
}

/**
 * The second pass by the crew: as many shards at the same time as there are members, the one that is
 * being stored among them. Returns what was found in all of them.
 *
 * @param store is called in order, the next time once the last is done
 * @throws DataError `data-changed` for anything that the first pass had not seen
 */
export async function encodeInSpans(
  job: SpanJob,
  dialect: CsvDialect,
  schema: CsvSchema,
  spans: readonly ShardSpan[],
  store: (span: ShardSpan, bytes: Uint8Array, sha256?: string) => Promise<void>,
): Promise<Encoded> {
  const { crew, file, signal, onProgress } = job;
  const { columns, rows, marks } = schema;
  const rowsMax = Math.ceil(rows / spans.length);
  const plan = encodedPlan({ dialect, file, missing: schema.missing, columns });
  const missing = columns.map(() => 0);
  const profile: (readonly ProfilePart[])[] = [];
  const calls = new Calls(crew, signal);
  const flights: Flight[] = [];
  const begin = (span: ShardSpan, room: SharedArrayBuffer) => {
    const end = span.firstRow + span.rows;
    const place = { ...marksAround(marks, span.firstRow, end), last: end === rows };
    const hash = job.digest === undefined;
    const input: EncodeInput = { path: crew.path, plan, span, ...place, room, hash };
    const output = calls.run('csv-shard', input) as Flight['output'];
    flights.push({ span, room, output });
  };
  try {
    const ahead = crew.compute.slots;
    for (const span of spans.slice(0, ahead)) {
      begin(span, new SharedArrayBuffer(roomBytes(columns, rows, rowsMax)));
    }
    for (let flight = flights.shift(); flight !== undefined; flight = flights.shift()) {
      const { span, room } = flight;
      const output = await flight.output;
      if ('fault' in output) throw changedError(output.fault, file);
      profile.push(output.profile);
      output.missing.forEach((count, i) => {
        missing[i]! += count;
      });
      await store(span, bytesOf(output, room, job.reuseShardBytes === true), output.sha256);
      const row = span.firstRow + span.rows;
      onProgress?.({ phase: 'import', bytes: Math.floor((schema.bytes * row) / rows), rows: row });
      const next = spans[span.index + ahead];
      if (next !== undefined) begin(next, room);
    }
  } finally {
    await calls.end();
  }
  return { missing, columns: withProfile(columns, profile) };
}

/** A shard that lies in its room is copied unless the room may be lent. */
function bytesOf({ bytes }: EncodeOutput, room: SharedArrayBuffer, lend: boolean): Uint8Array {
  if (typeof bytes !== 'number') return bytes;
  const lent = new Uint8Array(room, 0, bytes);
  return lend ? lent : Uint8Array.from(lent);
}

/** Enough for nearly every shard: columns with null bitmaps, dictionaries, and the schema. */
function roomBytes(columns: CsvSchema['columns'], rows: number, rowsMax: number): number {
  let bytes = rowsMax * bytesPerRow(columns, rows) * 1.02 + 4096;
  for (const { name, levels } of columns) {
    bytes += rowsMax / 8 + 1024 + 3 * name.length;
    for (const level of levels ?? []) bytes += 4 + 3 * level.length;
  }
  return Math.ceil(bytes);
}

function changedError(fault: string, file: string | undefined): DataError {
  return new DataError(
    'data-changed',
    `the file is not what it was at first: ${fault}`,
    'import it again once nothing writes to it',
    { file },
  );
}
