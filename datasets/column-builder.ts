/**
 * The second pass: fields into typed columns, by a schema that is settled.
 *
 * One builder a column holds the rows of the frame under construction in arrays that are used
 * again for the next. What does not fit the schema is an error at import and, for levels, -1 at
 * prediction.
 */
import {
  booleanCode,
  fieldPlace,
  type PassContext,
  parseNumbers,
  readField,
  valueError,
} from './column-tile.ts';
import { isPlainField } from './csv-field.ts';
import type { CsvTile } from './csv-reader.ts';
import type { Column, ColumnSchema } from './frame.ts';
import { LevelDictionary } from './level-dictionary.ts';

export interface ColumnBuilder {
  /** Missing values so far, in all frames. */
  readonly missing: number;
  /** Bytes of a row where it can be told where to put them, else 0. */
  readonly rowBytes: number;
  /** Has the next frame put into the buffer; only before its first row. */
  place(buffer: ArrayBufferLike, byteOffset: number, rows: number): void;
  /** Appends the rows [from, to) of the tile. */
  take(context: PassContext, tile: CsvTile, from: number, to: number): void;
  /** The rows so far, and a fresh start: in new arrays, or over the old ones when told to reuse. */
  finish(): Column;
}

export interface BuilderOptions {
  /** Index of the column in the file. */
  readonly column: number;
  /** Rows that a frame holds at most; 0 if each is told where to put them. */
  readonly rows: number;
  /** Fill the same arrays again for the next frame: the consumer is done with the last by then. */
  readonly reuse: boolean;
  /** What to do about a level that the schema lacks: refuse it, or count it and store -1. */
  readonly unseen: 'refuse' | 'count';
}

export function makeBuilder(schema: ColumnSchema, options: BuilderOptions): ColumnBuilder {
  switch (schema.kind) {
    case 'number':
      return new NumberBuilder(schema, options);
    case 'text':
      return new TextBuilder(options);
    case 'category':
    case 'boolean':
      return new LevelBuilder(schema, options);
  }
}

class NumberBuilder implements ColumnBuilder {
  readonly #schema: ColumnSchema;
  readonly #options: BuilderOptions;
  #values: Float64Array | Float32Array;
  #rows = 0;
  missing = 0;

  constructor(schema: ColumnSchema, options: BuilderOptions) {
    this.#schema = schema;
    this.#options = options;
    this.#values = this.#fresh();
  }

  get rowBytes(): number {
    return this.#values.BYTES_PER_ELEMENT;
  }

  place(buffer: ArrayBufferLike, byteOffset: number, rows: number): void {
    this.#values =
      this.#schema.storage === 'float32'
        ? new Float32Array(buffer, byteOffset, rows)
        : new Float64Array(buffer, byteOffset, rows);
  }

  take(context: PassContext, tile: CsvTile, from: number, to: number): void {
    // A tile that two frames share is parsed twice: rare, and simpler than keeping it.
    const outcome = parseNumbers(context, this.#options.column, tile);
    if (typeof outcome !== 'number') {
      throw valueError(this.#schema.name, outcome, 'a number');
    }
    const values = context.reader.kernel.values.subarray(from, to);
    this.missing += outcome === 0 || values.length === tile.rows ? outcome : missingIn(values);
    this.#values.set(values, this.#rows);
    this.#rows += to - from;
  }

  finish(): Column {
    const values = this.#values.subarray(0, this.#rows);
    if (!this.#options.reuse) this.#values = this.#fresh();
    this.#rows = 0;
    return { kind: 'number', values };
  }

  #fresh(): Float64Array | Float32Array {
    const { rows } = this.#options;
    return this.#schema.storage === 'float32' ? new Float32Array(rows) : new Float64Array(rows);
  }
}

function missingIn(values: Float64Array): number {
  let missing = 0;
  for (const value of values) if (Number.isNaN(value)) missing++;
  return missing;
}

/** Levels never seen in training, counted for the report. */
export class LevelBuilder implements ColumnBuilder {
  readonly #schema: ColumnSchema;
  readonly #options: BuilderOptions;
  readonly #levels: LevelDictionary;
  #codes: Int32Array;
  #rows = 0;
  readonly rowBytes = Int32Array.BYTES_PER_ELEMENT;
  missing = 0;
  /** Values so far that are not among the levels. */
  unseen = 0;

  constructor(schema: ColumnSchema, options: BuilderOptions) {
    this.#schema = schema;
    this.#options = options;
    this.#levels = new LevelDictionary(schema.levels ?? []);
    this.#codes = new Int32Array(options.rows);
  }

  place(buffer: ArrayBufferLike, byteOffset: number, rows: number): void {
    this.#codes = new Int32Array(buffer, byteOffset, rows);
  }

  take(context: PassContext, _tile: CsvTile, from: number, to: number): void {
    const { column } = this.#options;
    const { view, columns } = context.reader;
    const { block, bounds } = context.reader.kernel;
    const codes = this.#codes;
    const levels = this.#levels;
    let at = from * (columns + 1) + column;
    for (let row = from; row < to; row++, at += columns + 1) {
      const start = bounds[at]! + 1;
      const end = bounds[at + 1]!;
      const code = isPlainField(block, start, end) ? levels.find(view, start, end) : -1;
      codes[this.#rows++] = code >= 0 ? code : this.#takeOther(context, row);
    }
  }

  #takeOther(context: PassContext, row: number): number {
    if (readField(context, this.#options.column, row)) {
      this.missing++;
      return -1;
    }
    const { view, start, end } = context.field;
    const code = this.#levels.find(view, start, end);
    return code >= 0 ? code : this.#otherCode(context, row);
  }

  finish(): Column {
    const codes = this.#codes.subarray(0, this.#rows);
    if (!this.#options.reuse) this.#codes = new Int32Array(this.#options.rows);
    this.#rows = 0;
    return { kind: this.#schema.kind as 'category' | 'boolean', codes };
  }

  #otherCode(context: PassContext, row: number): number {
    const text = context.field.text();
    if (this.#schema.kind === 'boolean') {
      const code = booleanCode(text);
      if (code >= 0) return code;
    } else if (this.#options.unseen === 'count') {
      this.unseen++;
      return -1;
    }
    const place = fieldPlace(context, this.#options.column, row);
    const expected =
      this.#schema.kind === 'boolean' ? 'true or false' : 'one of the levels of the column';
    throw valueError(this.#schema.name, { text, ...place }, expected);
  }
}

class TextBuilder implements ColumnBuilder {
  readonly #options: BuilderOptions;
  #bytes = new Uint8Array(1024);
  #offsets: Int32Array;
  #present: Uint8Array;
  #rows = 0;
  readonly rowBytes = 0;
  missing = 0;

  constructor(options: BuilderOptions) {
    this.#options = options;
    this.#offsets = new Int32Array(options.rows + 1);
    this.#present = new Uint8Array(options.rows);
  }

  /** The bytes are not known beforehand, so that only the rest is made long enough. */
  place(_buffer: ArrayBufferLike, _byteOffset: number, rows: number): void {
    if (this.#present.length >= rows) return;
    this.#offsets = new Int32Array(rows + 1);
    this.#present = new Uint8Array(rows);
  }

  take(context: PassContext, _tile: CsvTile, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const isMissing = readField(context, this.#options.column, row);
      const { bytes, start, end } = context.field;
      const at = this.#offsets[this.#rows]!;
      const next = isMissing ? at : at + (end - start);
      if (!isMissing) {
        if (next > this.#bytes.length) this.#grow(next);
        this.#bytes.set(bytes.subarray(start, end), at);
      }
      if (isMissing) this.missing++;
      this.#present[this.#rows] = isMissing ? 0 : 1;
      this.#offsets[++this.#rows] = next;
    }
  }

  finish(): Column {
    const rows = this.#rows;
    const offsets = this.#offsets.subarray(0, rows + 1);
    const column: Column = {
      kind: 'text',
      bytes: this.#bytes.subarray(0, offsets[rows]!),
      offsets,
      present: this.#present.subarray(0, rows),
    };
    this.#rows = 0;
    if (this.#options.reuse) return column;
    this.#bytes = new Uint8Array(1024);
    this.#offsets = new Int32Array(this.#options.rows + 1);
    this.#present = new Uint8Array(this.#options.rows);
    return column;
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, needed));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
