/**
 * What the first pass parsed, kept for the second, since parsing is most of the work of both: the
 * numbers, and for levels their order of first sight (-1 for missing).
 *
 * Where it is kept is the caller's (a temporary file, say). A column that turns out to be of another
 * kind is dropped, and a file whose numbers would take much more room than its text is not
 * spooled at all: the second pass then reads those columns from the file again, with equal results.
 */
import { ChunkFiller } from './chunk-filler.ts';
import type { CsvTile } from './csv-reader.ts';
import type { ByteSource } from './csv-types.ts';
import { DataError } from './data-error.ts';

/** Bytes kept between the passes: appended to once, then read once from the first. */
export interface Scratch {
  /** Appends the bytes, which are the caller's again when it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  readonly read: ByteSource;
}

const flushBytes = 4 * 1024 * 1024;
/** Numbers as float64 may take this many times the room of the text that they come from. */
const growthMax = 1.5;

export class NumberSpool {
  readonly #scratch: Scratch;
  /** Position of each spooled column in a tile's block of values. */
  readonly #slots = new Map<number, number>();
  readonly #codes = new Map<number, Int32Array>();
  readonly #tileRows: number[] = [];
  #nextTile = 0;
  #width = 0;
  #buffer = new Float64Array(0);
  #spare = new Float64Array(0);
  #used = 0;
  #writing = Promise.resolve();
  #input: ChunkFiller | undefined;
  #values = new Float64Array(0);
  #rows = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  /** Settles which columns of the file are spooled, if the first tile says that it pays. */
  begin(columns: readonly number[], tile: CsvTile, tileBytes: number): void {
    if (columns.length * tile.rows * 8 > tileBytes * growthMax) return;
    columns.forEach((column, slot) => {
      this.#slots.set(column, slot);
    });
    this.#width = columns.length;
  }

  get isEmpty(): boolean {
    return this.#slots.size === 0;
  }

  has(column: number): boolean {
    return this.#slots.has(column);
  }

  /** Forgets a column that is of another kind after all. */
  drop(column: number): void {
    this.#slots.delete(column);
  }

  /** Where to put a tile's values of a column; undefined when it is not spooled. */
  target(column: number, rows: number): Float64Array | undefined {
    const slot = this.#slots.get(column);
    if (slot === undefined) return undefined;
    const end = this.#used + this.#width * rows;
    if (this.#buffer.length < end) {
      const grown = new Float64Array(end + flushBytes / 8);
      grown.set(this.#buffer.subarray(0, this.#used));
      this.#buffer = grown;
    }
    const from = this.#used + slot * rows;
    return this.#buffer.subarray(from, from + rows);
  }

  /** Ends a tile; resolves when there is room for the next. */
  async endTile(rows: number): Promise<void> {
    if (this.#slots.size === 0) return;
    this.#tileRows.push(rows);
    this.#used += this.#width * rows;
    if (this.#used * 8 >= flushBytes) await this.#flush();
  }

  /** Ends the writing. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
    this.#buffer = new Float64Array(0);
    this.#spare = new Float64Array(0);
  }

  /** The tiles again, for a second pass that needs no more than the spooled columns. */
  async *tiles(): AsyncGenerator<CsvTile> {
    let firstRow = 0;
    while (this.#nextTile < this.#tileRows.length) {
      const rows = this.#tileRows[this.#nextTile]!;
      await this.next(rows);
      yield { firstRow, rows };
      firstRow += rows;
    }
  }

  /** What the levels of a column are called in the schema, by order of first sight. */
  setCodes(column: number, codes: Int32Array): void {
    this.#codes.set(column, codes);
  }

  codes(column: number): Int32Array {
    return this.#codes.get(column)!;
  }

  /** Reads the values of the next tile, which must have as many rows as in the first pass. */
  async next(rows: number): Promise<void> {
    const expected = this.#tileRows[this.#nextTile++];
    this.#input ??= new ChunkFiller(this.#scratch.read);
    this.#rows = rows;
    const count = this.#width * rows;
    const bytes = count * 8;
    const chunk = expected === rows ? await this.#input.whole(bytes) : undefined;
    if (chunk !== undefined && chunk.byteOffset % 8 === 0) {
      this.#values = new Float64Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, count);
      return;
    }
    this.#values = new Float64Array(count);
    const target = new Uint8Array(this.#values.buffer);
    if (chunk !== undefined) {
      target.set(chunk);
      return;
    }
    const filled = expected === rows ? await this.#input.fill(target, 0, bytes) : -1;
    if (filled === bytes) return;
    throw new DataError(
      'data-changed',
      filled < 0 ? 'the rows are not those of the first pass' : 'the scratch file is cut short',
      'import the file again once nothing writes to it, with room for temporary files',
    );
  }

  /** The values of a spooled column in the tile that was read last. */
  values(column: number): Float64Array | undefined {
    const slot = this.#slots.get(column);
    if (slot === undefined) return undefined;
    return this.#values.subarray(slot * this.#rows, (slot + 1) * this.#rows);
  }

  async close(): Promise<void> {
    await this.#input?.close();
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const full = this.#buffer;
    const bytes = new Uint8Array(full.buffer, 0, this.#used * 8);
    this.#buffer = this.#spare;
    this.#spare = full;
    this.#used = 0;
    if (bytes.length === 0) return;
    this.#writing = this.#scratch.write(bytes);
    // Thrown where it is awaited, not as an unhandled rejection before.
    this.#writing.catch(() => {});
  }
}
