/**
 * From a CSV file to shards and a manifest: the second pass, by the schema of the first.
 *
 * Shards are handed over one at a time, in order, and the manifest only at the end: a file that
 * breaks half-way, or changed between the passes, gives an error and no manifest. Memory is about
 * two shards, whatever the size of the file.
 */
import { sha256Hex } from '../schemas/canonical.ts';
import { sniffDialect } from './csv-dialect.ts';
import { checkUnchanged, sniffCsv } from './csv-sniff.ts';
import type { ByteSource, CsvOptions, CsvSchema } from './csv-types.ts';
import { columnSchema, schemaFingerprint } from './data-schema.ts';
import { FrameReader } from './frame-builder.ts';
import { checkDatasetName, type Manifest, type ShardEntry } from './manifest.ts';
import { bytesPerRow, shardCount, shardSpans } from './shard-plan.ts';

export interface CsvImport extends CsvOptions {
  /** Name of the data set: 1 to 64 of [A-Za-z0-9_-]. */
  readonly name: string;
  readonly open: ByteSource;
  /** What `sniffCsv` settled with the same options; absent: it is called first. */
  readonly schema?: CsvSchema;
  /** Most rows of a shard; absent: shards of about 16 MiB. */
  readonly rowsPerShard?: number;
  /** SHA-256 in hexadecimal digits; absent: node:crypto's. */
  readonly digest?: (bytes: Uint8Array) => string | Promise<string>;
  /** Stores a shard; the bytes are the callee's to keep. The next one is made after it resolves. */
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
  const rowsMax = Math.ceil(rows / spans.length);
  const reader = new FrameReader({
    dialect,
    file: job.file,
    missing: schema.missing,
    columns: columns.map(columnSchema),
    rowsOf: (index) => spans[index]?.rows ?? rowsMax,
    rowsMax,
    unseen: 'refuse',
    onProgress: job.onProgress,
  });
  // apache-arrow is slow to load, so only an import pays for it.
  const { ShardEncoder } = await import('./shard.ts');
  const encoder = new ShardEncoder(columns);
  const digest = job.digest ?? sha256Hex;
  const shards: ShardEntry[] = [];
  for await (const frame of reader.frames(job.open)) {
    const span = spans[shards.length];
    if (span === undefined || span.rows !== frame.rows) break;
    const bytes = encoder.encode(frame);
    const entry: ShardEntry = { ...span, bytes: bytes.length, sha256: await digest(bytes) };
    await job.onShard(bytes, entry);
    shards.push(entry);
  }
  checkUnchanged(job.file, reader, schema);
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
