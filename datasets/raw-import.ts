/**
 * From typed files to shards and a manifest: the second pass, by the schema of the first.
 */
import type { CsvOptions } from './csv-types.ts';
import { type DataColumn, schemaFingerprint } from './data-schema.ts';
import { checkDatasetName, type Manifest, type ShardEntry } from './manifest.ts';
import { RawFrames } from './raw-frames.ts';
import type { RawOptions } from './raw-sniff.ts';
import type { RawTable } from './raw-table.ts';
import { bytesPerRow, shardCount, shardSpans } from './shard-plan.ts';
import { checkCounts, type ShardSink, storeBy, storeFrames } from './shard-writer.ts';

export interface RawImport extends ShardSink, Pick<CsvOptions, 'onProgress' | 'signal'> {
  readonly name: string;
  readonly tables: readonly RawTable[];
  readonly format: string;
  readonly columns: readonly DataColumn[];
  readonly rows: number;
  readonly bytes: number;
  readonly raw: RawOptions;
  readonly rowsPerShard?: number;
}

export async function importRaw(job: RawImport): Promise<Manifest> {
  checkDatasetName(job.name);
  const { tables, columns, rows } = job;
  const spans = shardSpans(rows, shardCount(rows, bytesPerRow(columns, rows), job.rowsPerShard));
  const shards: ShardEntry[] = [];
  const rowsMax = Math.ceil(rows / spans.length);
  const onProgress = job.onProgress ?? job.raw.onProgress;
  const rowsOf = (index: number) => spans[index]?.rows ?? rowsMax;
  const reader = new RawFrames({ ...job.raw, onProgress, columns, rowsOf });
  const frames = reader.frames(tables);
  const store = storeBy(job, shards);
  const profiled = await storeFrames(frames, columns, spans, store, job.reuseShardBytes === true);
  const { file } = tables[0]!;
  checkCounts(file, { rows: reader.rows, missing: reader.missing() }, { rows, columns });
  return {
    format: 1,
    name: job.name,
    rows,
    columns: profiled,
    split: { rule: 'contiguous', shards: shards.length },
    shards,
    schema: schemaFingerprint(columns),
    source: {
      format: job.format,
      bytes: job.bytes,
      missing: job.raw.missing,
      ...(tables.length > 1 ? { files: tables.length } : {}),
    },
  };
}
