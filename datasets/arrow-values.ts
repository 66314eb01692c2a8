/**
 * What the columns of an Arrow record batch mean: numbers, booleans and texts.
 */
import { type Data, DataType, DateUnit, type Field, Precision, TimeUnit } from 'apache-arrow';
import { DataError, type DataPlace } from './data-error.ts';
import type { Column, TextColumn } from './frame.ts';
import { blankColumn } from './raw-table.ts';
import { TextSink } from './text-sink.ts';
import {
  checkTexts,
  clockText,
  dateText,
  decimalNumber,
  halfNumber,
  type InstantUnit,
  instantText,
  plainNumber,
} from './typed-values.ts';

type Values = ArrayLike<number | bigint>;

/** What a column's values become; `of` reads the stored value at a place. */
export type ArrowKind =
  | { readonly to: 'number'; readonly of: (values: Values, at: number) => number }
  | { readonly to: 'text'; readonly of: (values: Values, at: number) => string }
  | { readonly to: 'utf8' | 'views' | 'boolean' | 'nothing' }
  | { readonly to: 'levels'; readonly levels: ArrowKind };

/** @throws DataError for a type that no column of a data set can hold */
export function arrowKind(field: Field, file: string): ArrowKind {
  const kind = kindOf(field.type);
  if (kind !== undefined) return kind;
  const { type } = field;
  const isNested =
    DataType.isList(type) ||
    DataType.isStruct(type) ||
    DataType.isMap(type) ||
    DataType.isFixedSizeList(type) ||
    DataType.isUnion(type);
  throw new DataError(
    'data-nested',
    `the column holds ${String(type)}, ${isNested ? 'and a cell holds one value' : 'which is no number, boolean, text or date'}`,
    'write a column for each part, or cast it (pyarrow: Table.flatten, cast), or leave it out',
    { file, column: field.name },
  );
}

const asNumber = (values: Values, at: number): number => Number(values[at]);
const units: Readonly<Record<TimeUnit, InstantUnit>> = {
  [TimeUnit.SECOND]: 's',
  [TimeUnit.MILLISECOND]: 'ms',
  [TimeUnit.MICROSECOND]: 'us',
  [TimeUnit.NANOSECOND]: 'ns',
};

function kindOf(type: DataType): ArrowKind | undefined {
  if (DataType.isNull(type)) return { to: 'nothing' };
  if (DataType.isBool(type)) return { to: 'boolean' };
  if (DataType.isInt(type)) return { to: 'number', of: asNumber };
  if (DataType.isFloat(type)) {
    const isHalf = type.precision === Precision.HALF;
    return { to: 'number', of: isHalf ? (values, at) => halfNumber(Number(values[at])) : asNumber };
  }
  if (DataType.isDecimal(type)) {
    const { scale, bitWidth } = type;
    const words = bitWidth / 32;
    return { to: 'number', of: (values, at) => decimalNumber(wordsFrom(values, at, words), scale) };
  }
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return { to: 'utf8' };
  if (DataType.isUtf8View(type)) return { to: 'views' };
  if (DataType.isDictionary(type)) {
    const levels = kindOf(type.dictionary);
    return levels === undefined || levels.to === 'levels' ? undefined : { to: 'levels', levels };
  }
  return instantKind(type);
}

function instantKind(type: DataType): ArrowKind | undefined {
  if (DataType.isDate(type)) {
    const perDay = type.unit === DateUnit.DAY ? 1 : 86_400_000;
    return { to: 'text', of: (values, at) => dateText(Math.floor(Number(values[at]) / perDay)) };
  }
  if (DataType.isTime(type)) {
    const unit = units[type.unit];
    return { to: 'text', of: (values, at) => clockText(BigInt(values[at]!), unit) };
  }
  if (DataType.isTimestamp(type)) {
    const unit = units[type.unit];
    const utc = type.timezone !== null && type.timezone !== undefined && type.timezone !== '';
    return { to: 'text', of: (values, at) => instantText(BigInt(values[at]!), unit, utc) };
  }
  return undefined;
}

/** A two's complement integer of 32-bit words, least significant first. */
function wordsFrom(values: Values, at: number, words: number): bigint {
  let value = 0n;
  for (let word = words - 1; word >= 0; word--) {
    value = (value << 32n) | BigInt(Number(values[at * words + word]) >>> 0);
  }
  return BigInt.asIntN(words * 32, value);
}

/** The column, or undefined where the batch contradicts itself. */
export function arrowColumn(
  kind: ArrowKind,
  data: Data,
  rows: number,
  name: string,
  place: (row: number) => DataPlace,
): Column | undefined {
  if (data.length !== rows) return undefined;
  switch (kind.to) {
    case 'nothing':
      return blankColumn(rows);
    case 'boolean':
      return (data.values as Uint8Array).length * 8 < rows
        ? undefined
        : { kind: 'boolean', codes: flagsOf(data, rows) };
    case 'number':
      return numberColumn(kind.of, data, rows);
    case 'levels':
      return levelColumn(kind.levels, data, rows, name, place);
    case 'utf8':
      return checked(utf8Column(data, rows), name, place);
    case 'views':
      return checked(viewColumn(data, rows), name, place);
    case 'text':
      return checked(textColumn(kind.of, data, rows), name, place);
  }
}

function checked(
  column: TextColumn | undefined,
  name: string,
  place: (row: number) => DataPlace,
): TextColumn | undefined {
  if (column !== undefined) checkTexts(column, name, place);
  return column;
}

function isValid(data: Data, row: number): boolean {
  if (data.nullCount === 0 || data.nullBitmap === undefined || data.nullBitmap.length === 0)
    return true;
  const bit = data.offset + row;
  return ((data.nullBitmap[bit >> 3]! >> (bit & 7)) & 1) === 1;
}

function flagsOf(data: Data, rows: number): Int32Array {
  const bits = data.values as Uint8Array;
  return Int32Array.from({ length: rows }, (_, row) => {
    const bit = data.offset + row;
    return isValid(data, row) ? (bits[bit >> 3]! >> (bit & 7)) & 1 : -1;
  });
}

function numberColumn(
  of: (values: Values, at: number) => number,
  data: Data,
  rows: number,
): Column | undefined {
  const stored = data.values as Values;
  if (stored.length < rows) return undefined;
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    values[row] = isValid(data, row) ? plainNumber(of(stored, row)) : Number.NaN;
  }
  return { kind: 'number', values };
}

function textColumn(
  of: (values: Values, at: number) => string,
  data: Data,
  rows: number,
): TextColumn | undefined {
  const stored = data.values as Values;
  if (stored.length < rows) return undefined;
  const sink = new TextSink(rows);
  for (let row = 0; row < rows; row++) if (isValid(data, row)) sink.putText(row, of(stored, row));
  return sink.finish(rows);
}

/** A view of the batch where its offsets are sound. */
function utf8Column(data: Data, rows: number): TextColumn | undefined {
  const bytes = data.values as Uint8Array;
  const stored = data.valueOffsets as unknown as Values;
  const offsets = new Int32Array(rows + 1);
  if (rows > 0 && stored.length <= rows) return undefined;
  for (let row = 0; row <= rows; row++) {
    offsets[row] = Number(stored[row]);
    if (offsets[row]! < (row === 0 ? 0 : offsets[row - 1]!) || offsets[row]! > bytes.length)
      return undefined;
  }
  const present = Uint8Array.from({ length: rows }, (_, row) => (isValid(data, row) ? 1 : 0));
  return { kind: 'text', bytes, offsets, present };
}

const viewBytes = 16;
/** Texts up to this long lie in the view itself. */
const inlineBytes = 12;

/** Texts that views point to: length, then the text, or its beginning, buffer and offset. */
function viewColumn(data: Data, rows: number): TextColumn | undefined {
  const views = data.values as Uint8Array;
  const buffers: readonly Uint8Array[] = data.variadicBuffers;
  if (views.length < rows * viewBytes) return undefined;
  const view = new DataView(views.buffer, views.byteOffset, views.length);
  const sink = new TextSink(rows);
  for (let row = 0; row < rows; row++) {
    if (!isValid(data, row)) continue;
    const at = row * viewBytes;
    const length = view.getInt32(at, true);
    const isInline = length <= inlineBytes;
    const from = isInline ? views : buffers[view.getInt32(at + 8, true)];
    const start = isInline ? at + 4 : view.getInt32(at + 12, true);
    if (from === undefined || length < 0 || start < 0 || start + length > from.length)
      return undefined;
    sink.put(row, from, start, start + length);
  }
  return sink.finish(rows);
}

/** Codes into a dictionary as the values themselves. */
function levelColumn(
  kind: ArrowKind,
  data: Data,
  rows: number,
  name: string,
  place: (row: number) => DataPlace,
): Column | undefined {
  const codes = data.values as Values;
  const { dictionary } = data;
  if (codes.length < rows || dictionary === undefined) return undefined;
  const levels = dictionary.data.map((part) =>
    arrowColumn(kind, part as Data, part.length, name, place),
  );
  const starts: number[] = [0];
  for (const part of dictionary.data) starts.push(starts.at(-1)! + part.length);
  const find = (code: number): readonly [Column, number] | undefined => {
    if (!(code >= 0 && code < starts.at(-1)!)) return undefined;
    let part = levels.length - 1;
    while (starts[part]! > code) part--;
    const column = levels[part];
    return column === undefined ? undefined : [column, code - starts[part]!];
  };
  const into =
    kind.to === 'number'
      ? new NumberRows(rows)
      : kind.to === 'boolean'
        ? new FlagRows(rows)
        : new TextRows(rows);
  for (let row = 0; row < rows; row++) {
    if (!isValid(data, row)) continue;
    const found = find(Number(codes[row]));
    if (found === undefined) return undefined;
    into.take(row, found[0], found[1]);
  }
  return into.column();
}

class NumberRows {
  readonly #values: Float64Array;

  constructor(rows: number) {
    this.#values = new Float64Array(rows).fill(Number.NaN);
  }

  take(row: number, from: Column, at: number): void {
    if (from.kind === 'number') this.#values[row] = from.values[at]!;
  }

  column(): Column {
    return { kind: 'number', values: this.#values };
  }
}

class FlagRows {
  readonly #codes: Int32Array;

  constructor(rows: number) {
    this.#codes = new Int32Array(rows).fill(-1);
  }

  take(row: number, from: Column, at: number): void {
    if ('codes' in from) this.#codes[row] = from.codes[at]!;
  }

  column(): Column {
    return { kind: 'boolean', codes: this.#codes };
  }
}

class TextRows {
  readonly #rows: number;
  readonly #sink: TextSink;

  constructor(rows: number) {
    this.#rows = rows;
    this.#sink = new TextSink(rows);
  }

  take(row: number, from: Column, at: number): void {
    if (from.kind !== 'text' || from.present[at] === 0) return;
    this.#sink.put(row, from.bytes, from.offsets[at]!, from.offsets[at + 1]!);
  }

  column(): Column {
    return this.#sink.finish(this.#rows);
  }
}
