/**
 * A file of JSON lines as a raw table: one flat object a line, in runs of a few thousand rows.
 *
 * The columns are the names met, in the order of their first sight; a row that lacks one has no
 * value there. Memory is one block of the file and one run of rows, whatever the file's size.
 */
import { isUtf8 } from 'node:buffer';
import { openFiller } from './chunk-filler.ts';
import { encodingError, nulError } from './csv-errors.ts';
import { lineBytesMax } from './csv-kernel.ts';
import { findInvalidUtf8 } from './csv-record.ts';
import type { ByteSource } from './csv-types.ts';
import { DataError, type DataPlace, quoteShort } from './data-error.ts';
import type { Column, ColumnKind } from './frame.ts';
import { JsonRecords, type JsonSink } from './json-record.ts';
import { blankColumn, missingTest, type RawBatch, type RawTable } from './raw-table.ts';
import { TextSink } from './text-sink.ts';

const rowsPerBatch = 8192;
const blockBytes = 2 * lineBytesMax;
const nameBytesMax = 1024;

export class JsonLines implements RawTable {
  readonly file: string;
  readonly #open: ByteSource;
  readonly #columns: JsonColumns;
  bytes = 0;

  /**
   * @param kinds given to columns: the values of these are handed on as the text that they are
   * @param missing texts that mean a missing value, in a column of whichever kind
   */
  constructor(
    file: string,
    open: ByteSource,
    kinds: Readonly<Record<string, ColumnKind>> = {},
    missing: readonly string[] = [],
  ) {
    this.file = file;
    this.#open = open;
    this.#columns = new JsonColumns(kinds, missingTest(missing));
  }

  async *batches(): AsyncGenerator<RawBatch> {
    const block = Buffer.allocUnsafeSlow(blockBytes);
    const input = openFiller(this.#open);
    const columns = this.#columns;
    let line = 1;
    let offset = 0;
    const placeOf = (at: number): DataPlace => ({ file: this.file, line, byteOffset: offset + at });
    const records = new JsonRecords(columns, placeOf);
    columns.begin(placeOf);
    let filled = 0;
    let final = false;
    this.bytes = 0;
    try {
      while (!final) {
        const to = await input.fill(block, filled, blockBytes);
        final = to < blockBytes;
        let at = offset === 0 ? markLength(block, to, this.file) : 0;
        for (;;) {
          const found = block.subarray(0, to).indexOf(0x0a, at);
          const end = found < 0 ? to : found;
          if (end - at > lineBytesMax) throw this.#lineTooLong(placeOf(at));
          if (found < 0 && !final) break;
          if (!isBlank(block, at, end)) {
            this.#checkBytes(block, at, end, placeOf);
            records.read(block, at, end);
            if (columns.closeRow(line)) yield columns.batch(this.file);
          }
          line++;
          at = end + 1;
          if (at >= to) break;
        }
        const used = Math.min(at, to);
        block.copyWithin(0, used, to);
        filled = to - used;
        offset += used;
        this.bytes = offset;
      }
      if (columns.rows > 0) yield columns.batch(this.file);
    } finally {
      await input.close();
    }
  }

  #lineTooLong(place: DataPlace): DataError {
    return new DataError(
      'data-line-too-long',
      `the line is longer than ${lineBytesMax} bytes`,
      'write one JSON object a line',
      place,
    );
  }

  #checkBytes(block: Buffer, from: number, to: number, placeOf: (at: number) => DataPlace): void {
    const line = block.subarray(from, to);
    if (!isUtf8(line)) throw encodingError(placeOf(findInvalidUtf8(block, from, to, true)));
    const nul = line.indexOf(0);
    if (nul >= 0) throw nulError(placeOf(from + nul), line);
  }
}

/** Length of a UTF-8 mark; other marks are refused. */
function markLength(block: Buffer, filled: number, file: string): number {
  if (filled >= 3 && block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf) return 3;
  const wide =
    filled >= 2 &&
    ((block[0] === 0xff && block[1] === 0xfe) || (block[0] === 0xfe && block[1] === 0xff));
  if (!wide) return 0;
  throw new DataError(
    'data-encoding',
    'the file is UTF-16, only UTF-8 is read',
    'convert it, for example with: iconv -f utf-16 -t utf-8',
    { file, line: 1, byteOffset: 0 },
  );
}

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}

type Kind = 'numbers' | 'text' | 'booleans';

interface JsonColumn {
  readonly name: string;
  /** The key as the file writes it, quotes included. */
  readonly key: Buffer;
  /** Whether every value is wanted as its text. */
  readonly asText: boolean;
  kind: Kind | undefined;
  /** Row of the batch, from 0 through the file, that had the key last. */
  lastRow: number;
  values: Float64Array;
  codes: Int32Array;
  sink: TextSink | undefined;
}

/** The columns of the rows under construction. */
class JsonColumns implements JsonSink {
  readonly #kinds: Readonly<Record<string, ColumnKind>>;
  readonly #isMissing: ReturnType<typeof missingTest>;
  readonly #columns: JsonColumn[] = [];
  readonly #byName = new Map<string, number>();
  #placeOf: (at: number) => DataPlace = () => ({});
  #lines = new Float64Array(rowsPerBatch);
  #row = 0;
  #allRows = 0;

  constructor(
    kinds: Readonly<Record<string, ColumnKind>>,
    isMissing: ReturnType<typeof missingTest>,
  ) {
    this.#kinds = kinds;
    this.#isMissing = isMissing;
  }

  get rows(): number {
    return this.#row;
  }

  begin(placeOf: (at: number) => DataPlace): void {
    this.#placeOf = placeOf;
    this.#row = 0;
    this.#allRows = 0;
    for (const column of this.#columns) this.#clear(column, -1);
  }

  column(bytes: Buffer, start: number, end: number, nth: number): number {
    // Nearly every row has its keys in the order of the one before.
    const guess = this.#columns[nth];
    const index =
      guess !== undefined && bytes.compare(guess.key, 0, guess.key.length, start, end) === 0
        ? nth
        : this.#find(bytes, start, end);
    const column = this.#columns[index]!;
    if (column.lastRow === this.#allRows) {
      throw new DataError(
        'data-duplicate-column',
        `"${quoteShort(column.name)}" comes twice in one object`,
        'name each value once',
        { ...this.#placeOf(start), column: column.name },
      );
    }
    column.lastRow = this.#allRows;
    return index;
  }

  text(index: number, bytes: Buffer, start: number, end: number): void {
    if (this.#isMissing(bytes, start, end)) return;
    const column = this.#settle(index, 'text', bytes, start, end);
    column.sink ??= new TextSink(rowsPerBatch);
    column.sink.put(this.#row, bytes, start, end);
  }

  number(index: number, value: number, bytes: Buffer, start: number, end: number): void {
    if (this.#columns[index]!.asText) this.text(index, bytes, start, end);
    else this.#settle(index, 'numbers', bytes, start, end).values[this.#row] = value;
  }

  flag(index: number, value: boolean): void {
    const bytes = Buffer.from(String(value));
    if (this.#columns[index]!.asText) this.text(index, bytes, 0, bytes.length);
    else this.#settle(index, 'booleans', bytes, 0, bytes.length).codes[this.#row] = value ? 1 : 0;
  }

  missing(): void {}

  /** Returns whether the rows are enough for a batch. */
  closeRow(line: number): boolean {
    this.#lines[this.#row++] = line;
    this.#allRows++;
    return this.#row === rowsPerBatch;
  }

  /** The rows so far; the next one begins another batch. */
  batch(file: string): RawBatch {
    const rows = this.#row;
    const lines = this.#lines.slice(0, rows);
    const columns = new Map<string, Column>();
    for (const column of this.#columns) {
      columns.set(column.name, columnOf(column, rows));
      this.#clear(column, column.lastRow);
    }
    this.#row = 0;
    return { rows, columns, place: (row) => ({ file, line: lines[row] }) };
  }

  #clear(column: JsonColumn, lastRow: number): void {
    column.lastRow = lastRow;
    column.values.fill(Number.NaN);
    column.codes.fill(-1);
    column.sink = undefined;
  }

  #find(bytes: Buffer, start: number, end: number): number {
    let name: string;
    try {
      name = JSON.parse(bytes.toString('utf8', start, end)) as string;
    } catch {
      throw this.#nameError('holds an escape that is none', start);
    }
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (name === '' || name.includes('\0') || !name.isWellFormed()) {
      throw this.#nameError(name === '' ? 'is empty' : 'holds a NUL or half a character', start);
    }
    if (end - start > nameBytesMax)
      throw this.#nameError(`is longer than ${nameBytesMax} bytes`, start);
    const index = this.#columns.length;
    this.#columns.push({
      name,
      key: Buffer.from(bytes.subarray(start, end)),
      asText: Object.hasOwn(this.#kinds, name),
      kind: undefined,
      lastRow: -1,
      values: new Float64Array(0),
      codes: new Int32Array(0),
      sink: undefined,
    });
    this.#byName.set(name, index);
    return index;
  }

  #nameError(what: string, at: number): DataError {
    return new DataError(
      'data-column-name',
      `the name of a value ${what}`,
      'give it another name',
      this.#placeOf(at),
    );
  }

  /** The column, which holds one kind of values throughout. */
  #settle(index: number, kind: Kind, bytes: Buffer, start: number, end: number): JsonColumn {
    const column = this.#columns[index]!;
    if (column.kind === undefined) {
      column.kind = kind;
      if (kind === 'numbers') column.values = new Float64Array(rowsPerBatch).fill(Number.NaN);
      if (kind === 'booleans') column.codes = new Int32Array(rowsPerBatch).fill(-1);
    }
    if (column.kind === kind) return column;
    const { line, file } = this.#placeOf(0);
    throw new DataError(
      'data-value',
      `"${quoteShort(bytes.toString('utf8', start, end))}" is ${one[kind]}, and the column held ${column.kind} before`,
      `correct the value, or give the column a type (--type ${column.name}=category)`,
      { file, line, column: column.name },
    );
  }
}

const one: Readonly<Record<Kind, string>> = {
  numbers: 'a number',
  text: 'a text',
  booleans: 'a boolean',
};

function columnOf({ kind, values, codes, sink }: JsonColumn, rows: number): Column {
  if (kind === 'numbers') return { kind: 'number', values: values.slice(0, rows) };
  if (kind === 'booleans') return { kind: 'boolean', codes: codes.slice(0, rows) };
  return sink === undefined ? blankColumn(rows) : sink.finish(rows);
}
