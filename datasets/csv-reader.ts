/**
 * A CSV file as tiles: runs of whole, checked records in the kernel's memory, one at a time.
 *
 * The reader fills the block, drives the scan, keeps count of lines and bytes, and turns every
 * fault into a typed error with its place. Memory is the kernel's, whatever the file's size; how
 * the input is cut into chunks makes no difference to anything.
 */
import { isUtf8 } from 'node:buffer';
import { openFiller } from './chunk-filler.ts';
import type { CsvDialect } from './csv-dialect.ts';
import {
  bareReturnError,
  emptyLineError,
  encodingError,
  fieldTooLongError,
  lineTooLongError,
  mixedNewlineError,
  noRowsError,
  nulError,
  openQuoteError,
  openQuoteWithinError,
  raggedError,
  strayQuoteError,
} from './csv-errors.ts';
import { viewOf } from './csv-field.ts';
import {
  blockBytesAim,
  blockCapacity,
  blockPad,
  type CsvKernel,
  newlineStyle,
  scanFault,
} from './csv-kernel.ts';
import { findInvalidUtf8, readRecord } from './csv-record.ts';
import { type ByteInput, type CsvMark, fieldBytesMax } from './csv-types.ts';

/** Some whole records; fields and values are in the kernel until the next tile is asked for. */
export interface CsvTile {
  readonly firstRow: number;
  readonly rows: number;
}

export class CsvReader {
  readonly kernel: CsvKernel;
  /** The kernel's block as a view. */
  readonly view: DataView;
  readonly columns: number;
  /** Whether others look for NUL bytes and bytes that are not UTF-8. */
  bytesChecked = false;
  readonly #dialect: CsvDialect;
  readonly #file: string | undefined;
  readonly #blockBytes: number;
  /** Bytes of the input that stand before `blockPad` in the block. */
  #blockOffset = 0;
  #filled = 0;
  #final = false;
  #rows = 0;
  /** Line of the byte at `#tileStart`. */
  #line = 1;
  #tileStart = blockPad;
  /** Line of the first of the empty lines just read; 0 when there is none. */
  #blankLine = 0;

  /** @param blockBytes how much to read before each scan; tests make it small */
  constructor(
    kernel: CsvKernel,
    dialect: CsvDialect,
    file?: string,
    blockBytes: number = blockBytesAim,
  ) {
    this.kernel = kernel;
    this.view = viewOf(kernel.block);
    this.columns = dialect.names.length;
    this.#dialect = dialect;
    this.#file = file;
    this.#blockBytes = Math.min(blockBytes, blockCapacity);
  }

  /** Rows found so far, and bytes read so far. */
  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#blockOffset + this.#filled;
  }

  /** Bytes of the tile at hand. */
  get tileBytes(): number {
    return this.kernel.consumed - this.#tileStart;
  }

  /** Where the tile at hand begins. */
  markOf(tile: CsvTile): CsvMark {
    return { row: tile.firstRow, byteOffset: this.#offsetOf(this.#tileStart), line: this.#line };
  }

  /** Where the reading ended. */
  get endMark(): CsvMark {
    return { row: this.#rows, byteOffset: this.bytes, line: this.#line };
  }

  /**
   * The tiles of the input in order; at the end `rows` and `bytes` are those of the file.
   *
   * @param start where in the file the first byte of the input stands; absent: at its beginning
   */
  async *tiles(open: ByteInput, start?: CsvMark): AsyncGenerator<CsvTile> {
    const { kernel } = this;
    kernel.configure(this.#dialect.delimiter.charCodeAt(0), this.columns);
    kernel.newline = this.#dialect.newline;
    const input = openFiller(open);
    try {
      this.#blockOffset = start?.byteOffset ?? (await input.skip(this.#dialect.dataOffset));
      this.#line = start?.line ?? this.#dialect.dataLine;
      this.#rows = start?.row ?? 0;
      let keep = 0;
      let want = this.#blockBytes;
      while (!this.#final) {
        const filled = await input.fill(kernel.block, blockPad + keep, blockPad + want);
        this.#final = filled < blockPad + want;
        this.#filled = filled - blockPad;
        yield* this.#scanBlock();
        const used = this.#tileStart - blockPad;
        keep = this.#filled - used;
        want = this.#nextFill(used, keep);
        this.#dropUsed(used, keep);
      }
    } finally {
      await input.close();
    }
    if (this.#rows > (start?.row ?? 0)) return;
    throw noRowsError({ file: this.#file, line: start?.line ?? this.#dialect.dataLine });
  }

  /** Line and byte offset of a position in the block, for an error about a field of the tile. */
  place(position: number): { file: string | undefined; line: number; byteOffset: number } {
    let line = this.#line;
    for (let i = this.#tileStart; i < position; i++) if (this.kernel.block[i] === 0x0a) line++;
    return { file: this.#file, line, byteOffset: this.#offsetOf(position) };
  }

  /** Byte offset in the file of a position in the block. */
  #offsetOf(position: number): number {
    return this.#blockOffset + position - blockPad;
  }

  /** The tiles of the filled block; `#tileStart` ends at the first record that it cuts off. */
  *#scanBlock(): Generator<CsvTile> {
    const { kernel } = this;
    const end = blockPad + this.#filled;
    for (;;) {
      const from = this.#tileStart;
      if (from >= end) return;
      const rows = kernel.scan(from, end, this.#final);
      const { fault } = kernel;
      // A pending blank line was not the end of the file after all.
      if (this.#blankLine > 0 && (rows > 0 || fault > scanFault.blank)) {
        throw emptyLineError(this.columns, { file: this.#file, line: this.#blankLine });
      }
      this.#checkBytes(from, kernel.consumed);
      if (rows > 0) {
        this.#checkFields(rows);
        const firstRow = this.#rows;
        this.#rows += rows;
        // The consumer is done with the tile before the generator goes on.
        yield { firstRow, rows };
      }
      this.#line += rows + kernel.quotedNewlines;
      this.#tileStart = kernel.consumed;
      if (fault === scanFault.blank) {
        if (this.#blankLine === 0) this.#blankLine = this.#line;
        this.#line++;
      } else if (fault === scanFault.openQuote && !this.#final) return;
      else if (fault !== scanFault.none) throw this.#faultError(fault, kernel.faultAt, end);
      else if (rows === 0) return;
    }
  }

  #faultError(fault: number, at: number, end: number): Error {
    const { block, newline } = this.kernel;
    const bad = findInvalidUtf8(block, this.#tileStart, Math.min(end, at + 1), false);
    if (bad >= 0) return encodingError(this.place(bad));
    const place = this.place(at);
    switch (fault) {
      case scanFault.openQuote:
        return openQuoteError(place);
      case scanFault.bareReturn:
        return bareReturnError(place);
      case scanFault.mixedNewline:
        return mixedNewlineError(newline === newlineStyle.crlf, place);
      case scanFault.ragged: {
        const { delimiter } = this.#dialect;
        const { fields } = readRecord(block.subarray(0, end), at, delimiter.charCodeAt(0));
        return raggedError(fields.length, this.columns, delimiter, place);
      }
      default:
        return strayQuoteError(place);
    }
  }

  /** NUL bytes and UTF-8 of the records just scanned. */
  #checkBytes(from: number, to: number): void {
    if (this.bytesChecked) return;
    const { block } = this.kernel;
    // As a Buffer, because its search is many times faster than the typed array's.
    const tile = Buffer.from(block.buffer, block.byteOffset + from, to - from);
    const nul = tile.indexOf(0);
    if (nul >= 0) throw nulError(this.place(from + nul), tile);
    if (isUtf8(tile)) return;
    throw encodingError(this.place(findInvalidUtf8(block, from, to, true)));
  }

  /** Only a record longer than a field may be can hold a field that is too long. */
  #checkFields(rows: number): void {
    const { bounds } = this.kernel;
    const stride = this.columns + 1;
    for (let row = 0, at = 0; row < rows; row++, at += stride) {
      if (bounds[at + stride - 1]! - bounds[at]! <= fieldBytesMax) continue;
      for (let column = 0; column < this.columns; column++) {
        const start = bounds[at + column]! + 1;
        const bytes = bounds[at + column + 1]! - start;
        if (bytes <= fieldBytesMax) continue;
        const name = this.#dialect.names[column]!;
        throw fieldTooLongError(bytes, { ...this.place(start), column: name });
      }
    }
  }

  /** How far to fill next: more than before only when the block held no whole record. */
  #nextFill(used: number, keep: number): number {
    if (this.#final || used > 0)
      return Math.max(this.#blockBytes, Math.min(keep * 2, blockCapacity));
    if (keep >= blockCapacity) throw this.#endlessError(keep);
    return Math.min(keep * 2, blockCapacity);
  }

  /** The block is as long as it may be and holds no whole record: say what it looks like. */
  #endlessError(length: number): Error {
    const { block, fault, faultAt } = this.kernel;
    const nul = block.subarray(blockPad, blockPad + length).indexOf(0);
    if (nul >= 0) return nulError(this.place(blockPad + nul));
    const bad = findInvalidUtf8(block, blockPad, blockPad + length, false);
    if (bad >= 0) return encodingError(this.place(bad));
    if (fault === scanFault.openQuote) return openQuoteWithinError(this.place(faultAt));
    return lineTooLongError(this.place(blockPad), false);
  }

  #dropUsed(used: number, keep: number): void {
    if (this.#final || used === 0) return;
    this.kernel.block.copyWithin(blockPad, blockPad + used, blockPad + used + keep);
    this.#blockOffset += used;
    this.#tileStart = blockPad;
    this.#filled = keep;
  }
}
