/**
 * A shard as an Arrow IPC stream: what is stored, shipped, and readable from any language.
 *
 * Numbers are float32 or float64, categories and booleans dictionaries of UTF-8 over int32 codes,
 * text is UTF-8; a missing value is null. Equal frames give equal bytes: every dictionary has an
 * explicit id (its column's index) and one schema object serves all shards of a data set.
 * Reading checks digest, row count and types against the manifest, and looks at no column that
 * was not asked for. Importing this file loads apache-arrow (about 0.1 s): import it lazily.
 */
import {
  AsyncByteQueue,
  type Data,
  DataType,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int32,
  makeData,
  Precision,
  RecordBatch,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
  Vector,
} from 'apache-arrow';
import { sha256Hex } from '../schemas/canonical.ts';
import { DataError } from './data-error.ts';
import { type ColumnStatistics, pickColumns } from './data-schema.ts';
import type {
  Column,
  ColumnSchema,
  Frame,
  LevelColumn,
  NumberColumn,
  TextColumn,
} from './frame.ts';
import type { Manifest, ShardEntry } from './manifest.ts';

/** Encodes frames of one data set; keeps the Arrow schema and the dictionaries. */
export class ShardEncoder {
  readonly #columns: readonly (ColumnSchema & { readonly stats?: ColumnStatistics })[];
  readonly #schema: Schema;
  readonly #dictionaries: (Vector<Utf8> | undefined)[];

  readonly #reuse: boolean;
  #sink = new ByteSink(0);

  /**
   * @param columns where statistics say that no value is missing, no frame may lack one
   * @param reuse write each shard over the last one's bytes
   */
  constructor(
    columns: readonly (ColumnSchema & { readonly stats?: ColumnStatistics })[],
    reuse = false,
  ) {
    this.#reuse = reuse;
    this.#columns = columns;
    this.#schema = new Schema(
      columns.map((column, i) => new Field(column.name, arrowType(column, i), true)),
    );
    this.#dictionaries = columns.map((column) =>
      column.levels === undefined ? undefined : new Vector([utf8Data(column.levels)]),
    );
  }

  /** The Arrow IPC stream of a frame that holds all columns. */
  encode(frame: Frame): Uint8Array {
    const children = this.#columns.map((schema, i) => {
      const column = frame.columns.get(schema.name);
      if (column === undefined || column.kind !== schema.kind) {
        throw new TypeError(`frame lacks column "${schema.name}" of kind ${schema.kind}`);
      }
      const nulls = schema.stats?.missing === 0 ? noNulls : nullsOf(column, frame.rows);
      const { type } = this.#schema.fields[i]!;
      return columnData(column, frame.rows, type, nulls, this.#dictionaries[i]);
    });
    const struct = makeData({
      type: new Struct(this.#schema.fields),
      length: frame.rows,
      nullCount: 0,
      children,
    });
    if (!this.#reuse) this.#sink = new ByteSink(this.#sink.size);
    const sink = this.#sink;
    sink.size = 0;
    const writer = new RecordBatchStreamWriter();
    writer.reset(sink);
    writer.write(new RecordBatch(this.#schema, struct));
    writer.finish();
    return sink.bytes.subarray(0, sink.size);
  }
}

/** Takes what a writer writes, straight into one run of bytes: Arrow's own would copy it twice. */
class ByteSink extends AsyncByteQueue<Uint8Array> {
  bytes: Uint8Array;
  size = 0;

  constructor(expectedBytes: number) {
    super();
    this.bytes = new Uint8Array(expectedBytes + 4096);
  }

  override write(value: unknown): void {
    const part = value as Uint8Array;
    const end = this.size + part.byteLength;
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, this.size));
      this.bytes = grown;
    }
    this.bytes.set(part, this.size);
    this.size = end;
  }
}

function arrowType(column: ColumnSchema, id: number): DataType {
  switch (column.kind) {
    case 'number':
      return column.storage === 'float32' ? new Float32() : new Float64();
    case 'text':
      return new Utf8();
    case 'category':
    case 'boolean':
      return new Dictionary(new Utf8(), new Int32(), id, true);
  }
}

function utf8Data(texts: readonly string[]): Data<Utf8> {
  const bytes = new TextEncoder().encode(texts.join(''));
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, i) => {
    offsets[i + 1] = offsets[i]! + Buffer.byteLength(text);
  });
  return makeData({
    type: new Utf8(),
    length: texts.length,
    nullCount: 0,
    valueOffsets: offsets,
    data: bytes,
  });
}

interface Nulls {
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array;
}

const noNulls: Nulls = { nullCount: 0 };

function columnData(
  column: Column,
  rows: number,
  type: DataType,
  nulls: Nulls,
  dictionary: Vector<Utf8> | undefined,
): Data {
  if (column.kind === 'number') {
    const { values } = column;
    const data = type instanceof Float32 ? asFloat32(values) : asFloat64(values);
    return makeData({ type: type as Float64, length: rows, ...nulls, data: data as Float64Array });
  }
  if (column.kind === 'text') {
    const data = column.bytes.subarray(0, column.offsets[rows]!);
    const { offsets } = column;
    return makeData({ type: type as Utf8, length: rows, ...nulls, valueOffsets: offsets, data });
  }
  return makeData({
    type: type as Dictionary<Utf8, Int32>,
    length: rows,
    ...nulls,
    data: column.codes,
    dictionary: dictionary!,
  });
}

function asFloat32(values: Float32Array | Float64Array): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

function asFloat64(values: Float32Array | Float64Array): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

function nullsOf(column: Column, rows: number): Nulls {
  if (column.kind === 'number') {
    return bitmapOf(
      rows,
      rowsWhere(rows, (row) => Number.isNaN(column.values[row]!)),
    );
  }
  if (column.kind === 'text') {
    return bitmapOf(
      rows,
      rowsWhere(rows, (row) => column.present[row] === 0),
    );
  }
  return bitmapOf(
    rows,
    rowsWhere(rows, (row) => column.codes[row]! < 0),
  );
}

function rowsWhere(rows: number, holds: (row: number) => boolean): number[] {
  const found: number[] = [];
  for (let row = 0; row < rows; row++) if (holds(row)) found.push(row);
  return found;
}

/** The null bitmap, least significant bit first; no bitmap at all when no row is missing. */
function bitmapOf(rows: number, missing: readonly number[]): Nulls {
  if (missing.length === 0) return noNulls;
  const nullBitmap = new Uint8Array((rows + 7) >> 3).fill(0xff);
  if (rows % 8 !== 0) nullBitmap[nullBitmap.length - 1] = (1 << (rows % 8)) - 1;
  for (const row of missing) nullBitmap[row >> 3]! &= ~(1 << (row & 7));
  return { nullCount: missing.length, nullBitmap };
}

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
