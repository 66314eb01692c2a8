/**
 * A frame: some consecutive rows of a data set as typed columns.
 *
 * Frames are plain data over typed arrays (SharedArrayBuffer-backed on a worker), so they can be
 * handed to another thread without a copy. A frame knows where its rows lie in the data set
 * (`firstRow`), because random streams and hold-out splits are keyed by the global row index.
 */

/** Numbers are measured; categories and booleans are levels; text is kept but not trained on. */
export type ColumnKind = 'number' | 'category' | 'boolean' | 'text';

export interface ColumnSchema {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Storage of a number column: float32 only where every value is exact in it, or on request. */
  readonly storage?: 'float32' | 'float64';
  /** Levels of a category or boolean column, sorted by their UTF-8 bytes; code i means levels[i]. */
  readonly levels?: readonly string[];
}

export interface NumberColumn {
  readonly kind: 'number';
  /** One value a row; NaN means missing. */
  readonly values: Float64Array | Float32Array;
}

/** A category or a boolean: one level code a row. */
export interface LevelColumn {
  readonly kind: 'category' | 'boolean';
  /** Index into the schema's `levels`; -1 means missing (or, at prediction, a level never seen). */
  readonly codes: Int32Array;
}

export interface TextColumn {
  readonly kind: 'text';
  /** UTF-8 bytes of all values, end to end. */
  readonly bytes: Uint8Array;
  /** `rows + 1` offsets into `bytes`. */
  readonly offsets: Int32Array;
  /** 1 where the value is present, 0 where it is missing. */
  readonly present: Uint8Array;
}

export type Column = NumberColumn | LevelColumn | TextColumn;

export interface Frame {
  readonly rows: number;
  /** Index, in the whole data set, of this frame's first row. */
  readonly firstRow: number;
  /** Columns by name; a frame may hold fewer columns than its data set. */
  readonly columns: ReadonlyMap<string, Column>;
}
