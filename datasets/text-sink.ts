/**
 * A column of texts under construction, row after row; rows that get none are missing.
 */
import type { DataPlace } from './data-error.ts';
import { DataError } from './data-error.ts';
import type { TextColumn } from './frame.ts';

/** Offsets are 32-bit integers, and a run of rows is not to take the machine's memory. */
const bytesMax = 1024 * 1024 * 1024;

export class TextSink {
  #bytes = Buffer.allocUnsafeSlow(4096);
  #offsets: Int32Array;
  #present: Uint8Array;
  /** Rows whose offset is known. */
  #rows = 0;

  /** @param rows most rows that there will be */
  constructor(rows: number) {
    this.#offsets = new Int32Array(rows + 1);
    this.#present = new Uint8Array(rows);
  }

  /** The text of a row, which lies behind all rows so far. */
  put(row: number, bytes: Uint8Array, start: number, end: number): void {
    const at = this.#reach(row, end - start);
    this.#bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at);
    this.#close(row, at + end - start);
  }

  putText(row: number, text: string): void {
    const at = this.#reach(row, text.length * 3);
    this.#close(row, at + this.#bytes.write(text, at, 'utf8'));
  }

  /** The column with its first `rows` rows; nothing may be put afterwards. */
  finish(rows: number): TextColumn {
    this.#offsets.fill(this.#offsets[this.#rows]!, this.#rows + 1, rows + 1);
    const offsets = this.#offsets.subarray(0, rows + 1);
    const bytes = this.#bytes.subarray(0, offsets[rows]!);
    return { kind: 'text', bytes, offsets, present: this.#present.subarray(0, rows) };
  }

  /** Where the row's text begins, with room for `needed` bytes. */
  #reach(row: number, needed: number): number {
    const at = this.#offsets[this.#rows]!;
    if (row > this.#rows) this.#offsets.fill(at, this.#rows + 1, row + 1);
    if (at + needed > this.#bytes.length) this.#grow(at + needed);
    return at;
  }

  #close(row: number, end: number): void {
    this.#rows = row + 1;
    this.#present[row] = 1;
    this.#offsets[this.#rows] = end;
  }

  #grow(needed: number): void {
    if (needed > bytesMax) throw tooMuchText();
    const grown = Buffer.allocUnsafeSlow(
      Math.min(bytesMax, Math.max(this.#bytes.length * 2, needed)),
    );
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

function tooMuchText(place: DataPlace = {}): DataError {
  return new DataError(
    'data-too-large',
    `the texts of one column of one run of rows have more than ${bytesMax} bytes`,
    'write the file with smaller row groups or batches, or without the column',
    place,
  );
}
