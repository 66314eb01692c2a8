/**
 * Frames from shards, which are Arrow IPC streams.
 *
 * Numbers are float32 or float64, categories and booleans dictionaries of UTF-8 over int32 codes,
 * text is UTF-8; a missing value is null. Reading checks digest, row count and types against the
 * manifest, and looks at no column that was not asked for. Importing this file loads apache-arrow
 * (about 0.1 s): import it lazily.
 */
import { type Data, DataType, Precision, type RecordBatch, RecordBatchReader } from 'apache-arrow';
import { sha256Hex } from '../schemas/canonical.ts';
import { DataError } from './data-error.ts';
import { pickColumns } from './data-schema.ts';
import type {
  Column,
  ColumnSchema,
  Frame,
  LevelColumn,
  NumberColumn,
  TextColumn,
} from './frame.ts';
import type { Manifest, ShardEntry } from './manifest.ts';

export interface DecodeOptions {
  /** Copy the columns into SharedArrayBuffers, so that threads can share them. Default false. */
  readonly shared?: boolean;
  /** Compare the SHA-256 with the manifest's first; false only for bytes just checked. Default true. */
  readonly verify?: boolean;
}

/**
 * Reads shard `index` of a data set.
 *
 * @param wanted names of the columns to read, in any order; all when absent
 * @returns a frame; without `shared`, columns are views into `bytes` where alignment allows
 * @throws DataError `data-digest` for other bytes than the manifest's, `data-shard` for a shard that
 *   contradicts the manifest, `data-unknown-column` for a column that does not exist
 */
export function decodeShard(
  bytes: Uint8Array,
  manifest: Manifest,
  index: number,
  wanted?: readonly string[],
  options: DecodeOptions = {},
): Frame {
  const entry = manifest.shards[index];
  if (entry === undefined) {
    throw shardError(manifest, index, `there are only ${manifest.shards.length} shards`);
  }
  checkBytes(bytes, manifest, entry, options.verify ?? true);
  const names = wanted ?? manifest.columns.map((column) => column.name);
  const schemas = pickColumns(manifest.columns, names, manifest.name);
  const batch = readBatch(bytes, manifest, entry);
  const columns = new Map<string, Column>();
  for (const schema of schemas) {
    const at = manifest.columns.indexOf(schema);
    const field = batch.schema.fields[at];
    const data = batch.data.children[at];
    if (field === undefined || data === undefined || field.name !== schema.name) {
      throw shardError(manifest, index, `column "${schema.name}" is not where the manifest has it`);
    }
    const column = readColumnData(data, schema, entry.rows);
    if (column === undefined) {
      throw shardError(
        manifest,
        index,
        `column "${schema.name}" holds ${field.type}, which does not fit kind ${schema.kind}`,
      );
    }
    columns.set(schema.name, options.shared === true ? sharedColumn(column) : column);
  }
  return { rows: entry.rows, firstRow: entry.firstRow, columns };
}

function checkBytes(
  bytes: Uint8Array,
  manifest: Manifest,
  entry: ShardEntry,
  verify: boolean,
): void {
  const fix = 'fetch the shard again, or import the data set anew';
  const place = { file: manifest.name, shard: entry.index };
  if (bytes.length !== entry.bytes) {
    throw new DataError(
      'data-digest',
      `${bytes.length} bytes where the manifest has ${entry.bytes}`,
      fix,
      place,
    );
  }
  if (!verify) return;
  const found = sha256Hex(bytes);
  if (found !== entry.sha256) {
    throw new DataError(
      'data-digest',
      `SHA-256 is "${found}", the manifest has "${entry.sha256}"`,
      fix,
      place,
    );
  }
}

function shardError(manifest: Manifest, shard: number, what: string): DataError {
  return new DataError('data-shard', what, 'import the data set anew', {
    file: manifest.name,
    shard,
  });
}

function readBatch(bytes: Uint8Array, manifest: Manifest, entry: ShardEntry): RecordBatch {
  let batches: RecordBatch[];
  try {
    batches = [...RecordBatchReader.from(bytes)];
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw shardError(manifest, entry.index, `the bytes are not an Arrow IPC stream (${reason})`);
  }
  const batch = batches[0];
  if (batches.length !== 1 || batch === undefined) {
    throw shardError(manifest, entry.index, `${batches.length} record batches, expected 1`);
  }
  if (batch.numRows !== entry.rows) {
    throw shardError(
      manifest,
      entry.index,
      `${batch.numRows} rows where the manifest has ${entry.rows}`,
    );
  }
  return batch;
}

/** The column, or undefined when the stored type or a code does not fit the schema. */
function readColumnData(data: Data, schema: ColumnSchema, rows: number): Column | undefined {
  const type: DataType = data.type;
  if (schema.kind === 'number') {
    const precision = schema.storage === 'float32' ? Precision.SINGLE : Precision.DOUBLE;
    if (!DataType.isFloat(type) || type.precision !== precision) return undefined;
    return { kind: 'number', values: (data.values as Float64Array).subarray(0, rows) };
  }
  if (schema.kind === 'text') return DataType.isUtf8(type) ? readText(data, rows) : undefined;
  if (!DataType.isDictionary(type) || type.indices.bitWidth !== 32) return undefined;
  const codes = (data.values as Int32Array).subarray(0, rows);
  const levels = schema.levels?.length ?? 0;
  for (let i = 0; i < rows; i++) {
    if (codes[i]! >= levels || codes[i]! < -1) return undefined;
  }
  return { kind: schema.kind, codes };
}

function readText(data: Data, rows: number): TextColumn {
  const present = new Uint8Array(rows).fill(1);
  if (data.nullCount > 0) {
    for (let i = 0; i < rows; i++) present[i] = (data.nullBitmap[i >> 3]! >> (i & 7)) & 1;
  }
  const offsets = data.valueOffsets as Int32Array;
  return {
    kind: 'text',
    bytes: data.values as Uint8Array,
    offsets: offsets.subarray(0, rows + 1),
    present,
  };
}

function sharedColumn(column: Column): Column {
  switch (column.kind) {
    case 'number':
      return { kind: 'number', values: sharedCopy(column.values) } satisfies NumberColumn;
    case 'text':
      return {
        kind: 'text',
        bytes: sharedCopy(column.bytes),
        offsets: sharedCopy(column.offsets),
        present: sharedCopy(column.present),
      };
    case 'category':
    case 'boolean':
      return { kind: column.kind, codes: sharedCopy(column.codes) } satisfies LevelColumn;
  }
}

function sharedCopy<T extends Float64Array | Float32Array | Int32Array | Uint8Array>(values: T): T {
  const make = values.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new make(new SharedArrayBuffer(values.byteLength));
  copy.set(values as never);
  return copy;
}
