/**
 * From a CSV file to shards and a manifest: the second pass, by the schema of the first.
 *
 * Shards are handed over one at a time, in order, and the manifest only at the end: a file that
 * breaks half-way, or changed between the passes, gives an error and no manifest. Memory is about
 * two shards, or one for each thread of a crew, whatever the size of the file.
 */
import { subtle } from 'node:crypto';
import { encodeInSpans } from './csv-crew.ts';
import { type CsvDialect, sniffDialect } from './csv-dialect.ts';
import { sniffCsv } from './csv-sniff.ts';
import { checkUnchanged } from './csv-sniff-pass.ts';
import type { ByteSource, CsvOptions, CsvSchema } from './csv-types.ts';
import { DataError } from './data-error.ts';
import { columnSchema, type DataColumn, schemaFingerprint } from './data-schema.ts';
import { FrameReader } from './frame-builder.ts';
import { checkDatasetName, type Manifest, type ShardEntry } from './manifest.ts';
import { bytesPerRow, type ShardSpan, shardCount, shardSpans } from './shard-plan.ts';

export interface CsvImport extends CsvOptions {
  /** Name of the data set: 1 to 64 of [A-Za-z0-9_-]. */
  readonly name: string;
  readonly open: ByteSource;
  /** What `sniffCsv` settled with the same options; absent: it is called first. */
  readonly schema?: CsvSchema;
  /** Most rows of a shard; absent: shards of about 16 MiB. */
  readonly rowsPerShard?: number;
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

/** Imports a CSV file; throws `DataError` for anything wrong with it. */
export async function importCsv(job: CsvImport): Promise<Manifest> {
  checkDatasetName(job.name);
  const schema = job.schema ?? (await sniffCsv(job.open, job));
  const { columns, rows } = schema;
  const dialect = await sniffDialect(job.open, {
    ...job,
    delimiter: schema.delimiter,
    header: schema.header,
  });
  const spans = shardSpans(rows, shardCount(rows, bytesPerRow(columns, rows), job.rowsPerShard));
  const shards: ShardEntry[] = [];
  const store: StoreShard = async (span, bytes, known) => {
    const sha256 = known ?? (await (job.digest ?? sha256Aside)(bytes));
    const entry = { ...span, bytes: bytes.length, sha256 };
    await job.onShard(bytes, entry);
    shards.push(entry);
  };
  const { crew } = job;
  const missing =
    crew === undefined
      ? await encodeInTurn(job, dialect, schema, spans, store)
      : await encodeInSpans({ ...job, crew }, dialect, schema, spans, store);
  checkMissing(job.file, missing, columns);
  return {
    format: 1,
    name: job.name,
    rows,
    columns,
    split: { rule: 'contiguous', shards: shards.length },
    shards,
    schema: schemaFingerprint(columns),
    source: {
      format: 'csv',
      bytes: schema.bytes,
      delimiter: schema.delimiter,
      missing: schema.missing,
    },
  };
}

/** Takes shards in order, the next once the last is stored. */
type StoreShard = (span: ShardSpan, bytes: Uint8Array, sha256?: string) => Promise<void>;

/** Reads the file from its first row to its last; returns the missing values of each column. */
async function encodeInTurn(
  job: CsvImport,
  dialect: CsvDialect,
  schema: CsvSchema,
  spans: readonly ShardSpan[],
  store: StoreShard,
): Promise<readonly number[]> {
  const { columns, rows } = schema;
  const rowsMax = Math.ceil(rows / spans.length);
  const reader = new FrameReader({
    dialect,
    file: job.file,
    missing: schema.missing,
    columns: columns.map(columnSchema),
    rowsOf: (index) => spans[index]?.rows ?? rowsMax,
    rowsMax,
    unseen: 'refuse',
    reuse: true,
    onProgress: job.onProgress,
  });
  // apache-arrow is slow to load, so only an import pays for it.
  const { ShardEncoder } = await import('./shard-encoder.ts');
  const encoder = new ShardEncoder(columns);
  let room: Uint8Array | undefined;
  let next = 0;
  // One shard is hashed and stored while the next is read.
  let storing = Promise.resolve();
  try {
    for await (const frame of reader.frames(job.open)) {
      await storing;
      const span = spans[next++];
      if (span === undefined || span.rows !== frame.rows) break;
      const bytes = encoder.encode(frame, room);
      if (job.reuseShardBytes === true) room = new Uint8Array(bytes.buffer);
      storing = store(span, bytes);
      // A failure is thrown where it is awaited, not as an unhandled rejection before.
      storing.catch(() => {});
    }
  } finally {
    await storing;
  }
  checkUnchanged(job.file, reader, schema);
  return reader.missing();
}

/** The encoder relied on these counts, and they tell a changed file by its content. */
function checkMissing(
  file: string | undefined,
  found: readonly number[],
  columns: readonly DataColumn[],
): void {
  columns.forEach(({ name, stats }, i) => {
    if (found[i] === stats.missing) return;
    throw new DataError(
      'data-changed',
      `${stats.missing} values were missing and now ${found[i]} are`,
      'import the file again once nothing writes to it',
      { file, column: name },
    );
  });
}

/** SHA-256 in Node's own thread pool: the next shard is read meanwhile. */
async function sha256Aside(bytes: Uint8Array): Promise<string> {
  // The bytes are never in shared memory here, which is all that the cast leaves out.
  const digest = await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Buffer.from(digest).toString('hex');
}
