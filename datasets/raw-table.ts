/**
 * A table as a typed file gives it, before anything is settled: runs of rows as columns of numbers,
 * of booleans and of texts.
 *
 * What JSON lines, Parquet and Arrow have in common. Kinds that the user names are applied here, so
 * that what looks at the columns and what stores them see the same values.
 */
import { viewOf } from './csv-field.ts';
import type { ByteSource } from './csv-types.ts';
import { DataError, type DataPlace, quoteShort } from './data-error.ts';
import type { Column, ColumnKind, NumberColumn, TextColumn } from './frame.ts';
import { LevelDictionary } from './level-dictionary.ts';
import { parseNumberText } from './number-text.ts';
import { TextSink } from './text-sink.ts';

/** Some consecutive rows. Numbers are float64; booleans are codes of `false` and `true`. */
export interface RawBatch {
  readonly rows: number;
  /** Columns in the order of the file; one that is absent has no value in these rows. */
  readonly columns: ReadonlyMap<string, Column>;
  /** Where a row stands, for errors. */
  place(row: number): DataPlace;
}

export interface RawTable {
  /** Name of the file, for errors. */
  readonly file: string;
  /** The rows from the first to the last; a batch is good until the next is asked for. */
  batches(): AsyncGenerator<RawBatch>;
  /** Bytes of the file taken so far in this pass, for progress. */
  readonly bytes: number;
}

/** A file that can be opened from its beginning and read in places. */
export interface DataFile {
  /** As the user gave it. */
  readonly file: string;
  readonly bytes: number;
  readonly open: ByteSource;
  /** The bytes [from, to); fewer where the file ends. */
  read(from: number, to: number): Promise<Uint8Array>;
  /** Where other threads find it as a file. */
  readonly path?: string | undefined;
}

/** Whether every row lacks a value. */
export function isBlank(column: Column): boolean {
  if (column.kind === 'number') return column.values.every(Number.isNaN);
  if (column.kind === 'text') return !column.present.includes(1);
  return column.codes.every((code) => code < 0);
}

/** A column of `rows` rows without a value. */
export function blankColumn(rows: number): NumberColumn {
  return { kind: 'number', values: new Float64Array(rows).fill(Number.NaN) };
}

/** Tells which bytes mean a missing value. */
export function missingTest(
  texts: readonly string[],
): (bytes: Uint8Array, start: number, end: number) => boolean {
  const known = new LevelDictionary(texts);
  let view: DataView = new DataView(new ArrayBuffer(0));
  return (bytes, start, end) => {
    if (start === end) return true;
    if (view.buffer !== bytes.buffer || view.byteOffset !== bytes.byteOffset) view = viewOf(bytes);
    return known.find(view, start, end) >= 0;
  };
}

export interface Coercion {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Whether the bytes are one of the texts that mean a missing value. */
  isMissing(bytes: Uint8Array, start: number, end: number): boolean;
}

/**
 * The column as the kind that the user gave to it asks: numbers, or texts for levels and text.
 *
 * @throws DataError `data-value` for a text that is no number
 */
export function coerced(column: Column, to: Coercion, batch: RawBatch): Column {
  if (to.kind === 'number') {
    if (column.kind === 'number') return column;
    return column.kind === 'text' ? numbersOf(column, to, batch) : bitsOf(column.codes);
  }
  if (column.kind === 'text' || column.kind === to.kind) return column;
  const sink = new TextSink(batch.rows);
  for (let row = 0; row < batch.rows; row++) {
    if (column.kind === 'number') {
      const value = column.values[row]!;
      if (!Number.isNaN(value)) sink.putText(row, String(value));
    } else if (column.codes[row]! >= 0)
      sink.putText(row, column.codes[row] === 1 ? 'true' : 'false');
  }
  return sink.finish(batch.rows);
}

function bitsOf(codes: Int32Array): NumberColumn {
  return {
    kind: 'number',
    values: Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : code)),
  };
}

function numbersOf(column: TextColumn, to: Coercion, batch: RawBatch): NumberColumn {
  const { bytes, offsets, present } = column;
  const values = new Float64Array(batch.rows).fill(Number.NaN);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let row = 0; row < batch.rows; row++) {
    const [start, end] = [offsets[row]!, offsets[row + 1]!];
    if (present[row] === 0 || start === end || to.isMissing(bytes, start, end)) continue;
    const cell = text.toString('utf8', start, end);
    const value = parseNumberText(cell.trim());
    if (Number.isNaN(value)) throw notNumberError(cell, { ...batch.place(row), column: to.name });
    values[row] = value;
  }
  return { kind: 'number', values };
}

export function notNumberError(text: string, place: DataPlace): DataError {
  return new DataError(
    'data-value',
    `"${quoteShort(text)}" is not a number`,
    'correct the value, name it as a missing text, or give the column another kind',
    place,
  );
}
