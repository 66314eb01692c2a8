/**
 * Frames into shards: the Arrow IPC streams that are stored, shipped, and readable from any language.
 *
 * Equal frames give equal bytes: every dictionary has an explicit id (its column's index) and one
 * schema object serves all shards of a data set. Importing this file loads apache-arrow (about
 * 0.1 s): import it lazily.
 */
import {
  AsyncByteQueue,
  type Data,
  type DataType,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
  Vector,
} from 'apache-arrow';
import type { ColumnStatistics } from './data-schema.ts';
import type { Column, ColumnSchema, Frame } from './frame.ts';

/** Encodes frames of one data set; keeps the Arrow schema and the dictionaries. */
export class ShardEncoder {
  readonly #columns: readonly (ColumnSchema & { readonly stats?: ColumnStatistics })[];
  readonly #schema: Schema;
  readonly #dictionaries: (Vector<Utf8> | undefined)[];

  #expectedBytes = 0;

  /** @param columns where statistics say that no value is missing, no frame may lack one */
  constructor(columns: readonly (ColumnSchema & { readonly stats?: ColumnStatistics })[]) {
    this.#columns = columns;
    this.#schema = new Schema(
      columns.map((column, i) => new Field(column.name, arrowType(column, i), true)),
    );
    this.#dictionaries = columns.map((column) =>
      column.levels === undefined ? undefined : new Vector([utf8Data(column.levels)]),
    );
  }

  /**
   * The Arrow IPC stream of a frame that holds all columns.
   *
   * @param room where to write it, if it is long enough; columns of the frame may lie in it, in
   *   their order, and are then overwritten
   */
  encode(frame: Frame, room?: Uint8Array): Uint8Array {
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
    const bytes = room ?? new Uint8Array(this.#expectedBytes + 4096);
    const sink = new ByteSink(bytes, firstColumnIn(bytes, frame));
    const writer = new RecordBatchStreamWriter();
    writer.reset(sink);
    writer.write(new RecordBatch(this.#schema, struct));
    writer.finish();
    this.#expectedBytes = sink.size;
    return sink.bytes.subarray(0, sink.size);
  }
}

/** Takes what a writer writes, straight into one run of bytes: Arrow's own would copy it twice. */
class ByteSink extends AsyncByteQueue<Uint8Array> {
  bytes: Uint8Array;
  size = 0;
  /** Where something begins that must not be overwritten: a column to be read yet, or the end. */
  #limit: number;

  constructor(room: Uint8Array, limit: number) {
    super();
    this.bytes = room;
    this.#limit = limit;
  }

  override write(value: unknown): void {
    const part = value as Uint8Array;
    const end = this.size + part.byteLength;
    // A column in the room moves towards the front, which leaves the ones after it alone.
    if (part.buffer === this.bytes.buffer)
      this.#limit = part.byteOffset - this.bytes.byteOffset + part.byteLength;
    else if (end > this.#limit) this.#leave(end);
    this.bytes.set(part, this.size);
    this.size = end;
  }

  /** Goes on in longer bytes of its own, leaving the room as it is. */
  #leave(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.size));
    this.bytes = grown;
    this.#limit = grown.length;
  }
}

/** Position of the first of the frame's columns that lie in the room, or its end. */
function firstColumnIn(room: Uint8Array, frame: Frame): number {
  let first = room.length;
  for (const column of frame.columns.values()) {
    if (column.kind === 'text') continue;
    const part = column.kind === 'number' ? column.values : column.codes;
    if (part.buffer === room.buffer) first = Math.min(first, part.byteOffset - room.byteOffset);
  }
  return first;
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
