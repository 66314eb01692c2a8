/**
 * Frames as a Parquet file, a row group each, packed with zstd.
 *
 * Numbers are DOUBLE or FLOAT as they are stored, levels and texts are strings. Memory is about one
 * row group. Importing this file loads hyparquet-writer.
 */
import { zstdCompressSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { decodeUtf8 } from './csv-field.ts';
import type { DataColumn } from './data-schema.ts';
import type { Column, Frame } from './frame.ts';

export async function* parquetFile(
  frames: AsyncIterable<Frame>,
  columns: readonly DataColumn[],
): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)],
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => zstdCompressSync(input) },
    createdBy: 'shoal',
  });
  const taken = (): Uint8Array => {
    const bytes = Uint8Array.from(writer.getBytes());
    writer.index = 0;
    return bytes;
  };
  for await (const frame of frames) {
    const columnData = columns.map(
      (column): ColumnSource => ({
        name: column.name,
        data: valuesOf(frame.columns.get(column.name) as Column, column),
      }),
    );
    await parquet.write({ columnData, rowGroupSize: frame.rows });
    yield taken();
  }
  await parquet.finish();
  yield taken();
}

function elementOf({ name, kind, storage }: DataColumn): SchemaElement {
  const shared = { name, repetition_type: 'OPTIONAL' } as const;
  if (kind === 'number') return { ...shared, type: storage === 'float32' ? 'FLOAT' : 'DOUBLE' };
  if (kind === 'boolean') return { ...shared, type: 'BOOLEAN' };
  return {
    ...shared,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
  };
}

/** One value a row; undefined where it is missing. */
function valuesOf(column: Column, { kind, levels = [] }: DataColumn): unknown[] {
  if (column.kind === 'number') {
    return Array.from(column.values, (value) => (Number.isNaN(value) ? undefined : value));
  }
  if (column.kind === 'text') {
    const { bytes, offsets, present } = column;
    return Array.from(present, (is, row) =>
      is === 0 ? undefined : decodeUtf8(bytes, offsets[row]!, offsets[row + 1]!),
    );
  }
  const values = kind === 'boolean' ? levels.map((level) => level === 'true') : levels;
  return Array.from(column.codes, (code) => values[code]);
}
