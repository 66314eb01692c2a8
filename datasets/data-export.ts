/**
 * A data set as one file of any format that can be imported, shard by shard.
 */
import type { DataFormat } from './data-format.ts';
import { csvHeader, csvRows, jsonRows } from './export-text.ts';
import type { Frame } from './frame.ts';
import type { Manifest } from './manifest.ts';

/** The bytes of the file. @param shards bytes of each shard in order, known to be sound */
export async function* exportedFile(
  format: DataFormat,
  manifest: Manifest,
  shards: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array | string, void, undefined> {
  const { columns } = manifest;
  if (format === 'arrow') {
    const { arrowFile } = await import('./export-arrow.ts');
    yield* arrowFile(shards);
    return;
  }
  const frames = framesOf(manifest, shards);
  if (format === 'parquet') {
    const { parquetFile } = await import('./export-parquet.ts');
    yield* parquetFile(frames, columns);
    return;
  }
  const rows = format === 'csv' ? csvRows : jsonRows;
  if (format === 'csv') yield csvHeader(columns);
  for await (const frame of frames) yield* rows(frame, columns);
}

async function* framesOf(
  manifest: Manifest,
  shards: AsyncIterable<Uint8Array>,
): AsyncGenerator<Frame> {
  const { decodeShard } = await import('./shard.ts');
  let index = 0;
  for await (const bytes of shards) {
    yield decodeShard(bytes, manifest, index++, undefined, { verify: false });
  }
}
