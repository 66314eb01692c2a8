/**
 * The two inner loops of reading CSV, behind one narrow interface: find the fields of whole records
 * in a block of bytes, and turn one column of them into numbers.
 *
 * The kernel owns the memory that the loops run over, so that an implementation in WASM can keep
 * it in its own. It knows bytes and positions; names, kinds, lines and messages are its caller's.
 */
import { parsePlainNumber } from './number-text.ts';

/** Longest record, its newline not counted. */
export const lineBytesMax = 1024 * 1024;
/** Bytes of a block that a reader fills at once; a longer record makes it fill further. */
export const blockBytesAim = 256 * 1024;
/** Space before the first byte of a block: one byte for a position, the rest for wide loads. */
export const blockPad = 32;
export const blockCapacity: number = lineBytesMax + 2;

/** Why a scan stopped before the end of the block. */
export const scanFault = {
  none: 0,
  /** A record with too few or too many fields; `faultAt` is where it begins. */
  ragged: 1,
  /** An empty line in a table of several columns; it is counted as consumed. */
  blank: 2,
  /** A quote inside an unquoted field. */
  strayQuote: 3,
  /** Text between a closing quote and the next delimiter. */
  afterQuote: 4,
  /** A carriage return without a line feed. */
  bareReturn: 5,
  /** A newline of another style than the file's first. */
  mixedNewline: 6,
  /** A quote that is still open where the bytes end. */
  openQuote: 7,
} as const;

export const newlineStyle = { unknown: 0, lf: 1, crlf: 2 } as const;

export interface CsvKernel {
  /** Input: bytes stand from `blockPad` on, at most `blockCapacity` of them. */
  readonly block: Uint8Array;
  /**
   * Output of `scan`: for each row `columns + 1` positions p; field c lies between p[c] + 1 and
   * p[c + 1], both positions in `block`, quotes included.
   */
  readonly bounds: Int32Array;
  /** Output of `parse`. */
  readonly values: Float64Array;
  /** Where the scan stopped: the start of the first record that it did not report. */
  readonly consumed: number;
  /** One of `scanFault`, and its position. */
  readonly fault: number;
  readonly faultAt: number;
  /** Line feeds inside quotes, in the records reported. */
  readonly quotedNewlines: number;
  /** One of `newlineStyle`: settled by the first newline, or set beforehand. */
  newline: number;
  /** Must be called before `scan`; columns from 1 to `columnsMax`. */
  configure(delimiter: number, columns: number): void;
  /**
   * Scans `block[from, to)`; `final` says that the input ends at `to`. Returns the number of whole
   * records found, bounded by the room in `bounds`; a record cut off by `to` is not reported.
   */
  scan(from: number, to: number, final: boolean): number;
  /**
   * Parses column `column` of the scanned rows into `values`: exactly, or NaN for what the text
   * version must decide. Returns the number of those.
   */
  parse(column: number, rows: number): number;
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
/** Positions that one scan reports at most; two for each value. */
export const boundsLength: number = 32 * 1024;

/** Classes of bytes in the scan. */
const PLAIN = 0;
const DELIMITER = 1;
const NEWLINE = 2;
const QUOTED = 3;

/** The kernel in plain TypeScript. */
export class PlainCsvKernel implements CsvKernel {
  readonly block: Uint8Array = new Uint8Array(blockPad + blockCapacity + blockPad);
  readonly bounds: Int32Array = new Int32Array(boundsLength);
  readonly values: Float64Array = new Float64Array(boundsLength / 2);
  consumed = 0;
  fault = 0;
  faultAt = 0;
  quotedNewlines = 0;
  newline = 0;
  #columns = 1;
  #delimiter = 0;
  readonly #classes = new Uint8Array(256);

  configure(delimiter: number, columns: number): void {
    this.#columns = columns;
    this.#delimiter = delimiter;
    this.#classes.fill(PLAIN);
    this.#classes[delimiter] = DELIMITER;
    this.#classes[LF] = NEWLINE;
    this.#classes[CR] = NEWLINE;
    this.#classes[QUOTE] = QUOTED;
  }

  scan(from: number, to: number, final: boolean): number {
    const { block, bounds } = this;
    const classes = this.#classes;
    const stride = this.#columns + 1;
    const rowsMax = Math.floor(bounds.length / stride);
    this.#begin(from);
    let rows = 0;
    let next = 1;
    let rowEnd = this.#columns;
    bounds[0] = from - 1;
    let i = from;
    for (; i < to; i++) {
      const kind = classes[block[i]!]!;
      if (kind === PLAIN) continue;
      if (kind === DELIMITER) {
        if (next >= rowEnd) return this.#stop(rows, scanFault.ragged, this.consumed);
        bounds[next++] = i;
      } else if (kind === NEWLINE) {
        const width = this.#newlineWidth(i, to, final);
        if (width === 0) return rows;
        if (i === this.consumed && stride > 2) {
          this.consumed = i + width;
          return this.#stop(rows, scanFault.blank, i);
        }
        if (next !== rowEnd) return this.#stop(rows, scanFault.ragged, this.consumed);
        bounds[next++] = i;
        this.#closeRow(i + width);
        if (++rows === rowsMax) return rows;
        i += width - 1;
        bounds[next++] = i;
        rowEnd += stride;
      } else {
        if (bounds[next - 1]! !== i - 1) return this.#stop(rows, scanFault.strayQuote, i);
        const end = this.#skipQuoted(i, to, final);
        if (end < 0) return rows;
        i = end;
      }
    }
    if (!final || this.consumed >= to) return rows;
    if (next !== rowEnd) return this.#stop(rows, scanFault.ragged, this.consumed);
    bounds[next] = to;
    this.#closeRow(to);
    return rows + 1;
  }

  parse(column: number, rows: number): number {
    const { block, bounds, values } = this;
    const stride = this.#columns + 1;
    let undecided = 0;
    for (let row = 0, at = column; row < rows; row++, at += stride) {
      const value = parsePlainNumber(block, bounds[at]! + 1, bounds[at + 1]!);
      values[row] = value;
      if (Number.isNaN(value)) undecided++;
    }
    return undecided;
  }

  #openNewlines = 0;

  #begin(from: number): void {
    this.consumed = from;
    this.fault = scanFault.none;
    this.quotedNewlines = 0;
    this.#openNewlines = 0;
  }

  #closeRow(consumed: number): void {
    this.consumed = consumed;
    this.quotedNewlines += this.#openNewlines;
    this.#openNewlines = 0;
  }

  #stop(rows: number, fault: number, at: number): number {
    this.fault = fault;
    this.faultAt = at;
    return rows;
  }

  /** Bytes of the newline at `at`; 0 with a fault set, or with none when it is cut off. */
  #newlineWidth(at: number, to: number, final: boolean): number {
    let style: number = newlineStyle.lf;
    if (this.block[at] === CR) {
      if (at + 1 === to && !final) return 0;
      if (at + 1 === to || this.block[at + 1] !== LF)
        return this.#stop(0, scanFault.bareReturn, at);
      style = newlineStyle.crlf;
    }
    if (this.newline === newlineStyle.unknown) this.newline = style;
    if (this.newline !== style) return this.#stop(0, scanFault.mixedNewline, at);
    return style;
  }

  /** Position of the closing quote of the field that opens at `open`; -1 when the scan must stop. */
  #skipQuoted(open: number, to: number, final: boolean): number {
    const { block } = this;
    for (let i = open + 1; i < to; i++) {
      const byte = block[i]!;
      if (byte === LF) this.#openNewlines++;
      if (byte !== QUOTE) continue;
      if (i + 1 === to && !final) break;
      if (i + 1 === to) return i;
      const after = block[i + 1]!;
      if (after === QUOTE) i++;
      else if (after === this.#delimiter || after === LF || after === CR) return i;
      else return this.#stop(-1, scanFault.afterQuote, i + 1);
    }
    return this.#stop(-1, scanFault.openQuote, open);
  }
}
