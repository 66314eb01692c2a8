/**
 * From a CSV file to shards and a manifest: the second pass, by the schema of the first.
 *
 * Shards are handed over one at a time, in order, and the manifest only at the end: a file that
 * breaks half-way, or changed between the passes, gives an error and no manifest. Memory is about
 * two shards, or one for each thread of a crew, whatever the size of the file.
 */
import { type Encoded, encodeInSpans } from './csv-crew.ts';
import { type CsvPart, sniffParts } from './csv-dialect.ts';
import { sniffCsv } from './csv-sniff.ts';
import { checkUnchanged } from './csv-sniff-pass.ts';
import type { ByteSource, CsvFile, CsvOptions, CsvSchema } from './csv-types.ts';
import { columnSchema, schemaFingerprint } from './data-schema.ts';
import { FrameReader } from './frame-builder.ts';
import { checkDatasetName, type Manifest, type ShardEntry } from './manifest.ts';
import { bytesPerRow, type ShardSpan, shardCount, shardSpans } from './shard-plan.ts';
import {
  checkCounts,
  type ShardSink,
  type StoreShard,
  storeBy,
  storeFrames,
} from './shard-writer.ts';

export interface CsvImport extends CsvOptions, ShardSink {
  /** Name of the data set: 1 to 64 of [A-Za-z0-9_-]. */
  readonly name: string;
  /** One file, or several of the same columns, whose rows follow each other. */
  readonly open: ByteSource | readonly CsvFile[];
  /** What `sniffCsv` settled with the same options; absent: it is called first. */
  readonly schema?: CsvSchema;
  /** Most rows of a shard; absent: shards of about 16 MiB. */
  readonly rowsPerShard?: number;
}

/** Imports a CSV file; throws `DataError` for anything wrong with it. */
export async function importCsv(job: CsvImport): Promise<Manifest> {
  checkDatasetName(job.name);
  const schema = job.schema ?? (await sniffCsv(job.open, job));
  const { columns, rows } = schema;
  const { delimiter: settled } = schema;
  // Of several files each may have a delimiter of its own.
  const delimiter = typeof job.open === 'function' ? { delimiter: settled } : {};
  const parts = await sniffParts(job.open, { ...job, ...delimiter, header: schema.header });
  const spans = shardSpans(rows, shardCount(rows, bytesPerRow(columns, rows), job.rowsPerShard));
  const shards: ShardEntry[] = [];
  const store = storeBy(job, shards);
  const { crew } = job;
  const found =
    crew === undefined || parts.length > 1
      ? await encodeInTurn(job, parts, schema, spans, store)
      : await encodeInSpans({ ...job, crew }, parts[0].dialect, schema, spans, store);
  checkCounts(job.file, { rows, missing: found.missing }, schema);
  return {
    format: 1,
    name: job.name,
    rows,
    columns: found.columns,
    split: { rule: 'contiguous', shards: shards.length },
    shards,
    schema: schemaFingerprint(columns),
    source: {
      format: 'csv',
      bytes: schema.bytes,
      delimiter: schema.delimiter,
      missing: schema.missing,
      ...(parts.length > 1 ? { files: parts.length } : {}),
    },
  };
}

/** Reads the files from the first row to the last; returns what was found. */
async function encodeInTurn(
  job: CsvImport,
  parts: readonly [CsvPart, ...CsvPart[]],
  schema: CsvSchema,
  spans: readonly ShardSpan[],
  store: StoreShard,
): Promise<Encoded> {
  const { columns, rows } = schema;
  const rowsMax = Math.ceil(rows / spans.length);
  const reader = new FrameReader({
    dialect: parts[0].dialect,
    file: parts[0].file,
    missing: schema.missing,
    columns: columns.map(columnSchema),
    rowsOf: (index) => spans[index]?.rows ?? rowsMax,
    rowsMax,
    unseen: 'refuse',
    reuse: true,
    onProgress: job.onProgress,
  });
  const reuse = job.reuseShardBytes === true;
  const profiled = await storeFrames(reader.frames(parts), columns, spans, store, reuse);
  checkUnchanged(job.file, reader, schema);
  return { missing: reader.missing(), columns: profiled };
}
