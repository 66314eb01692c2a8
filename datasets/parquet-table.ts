/**
 * A Parquet file as a raw table, a row group at a time.
 *
 * `hyparquet` reads pages and encodings, Node's zlib and `hyparquet-compressors` unpack them; what
 * values mean is decided here (`parquet-values.ts`). Memory is about one row group, so groups are
 * bounded; the same for pages, whatever they say of themselves. Importing this file loads both
 * libraries: import it lazily.
 */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type ColumnData,
  type Compressors,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet';
import { decompressLz4, decompressLz4Raw, decompressSnappy } from 'hyparquet-compressors';
import { DataError, type DataPlace, quoteShort } from './data-error.ts';
import type { Column } from './frame.ts';
import { groupColumn, kindOf, type ParquetKind } from './parquet-values.ts';
import type { DataFile, RawBatch, RawTable } from './raw-table.ts';

/** Of the typed columns of one row group, and of one page. */
const groupBytesMax = 1024 * 1024 * 1024;
const pageBytesMax = 256 * 1024 * 1024;

export class ParquetTable implements RawTable {
  readonly file: string;
  bytes = 0;
  readonly #source: DataFile;
  #opened: Opened | undefined;

  constructor(source: DataFile) {
    this.file = source.file;
    this.#source = source;
  }

  async *batches(): AsyncGenerator<RawBatch> {
    this.#opened ??= await this.#open();
    const opened = this.#opened;
    this.bytes = 0;
    let first = 0;
    for (const group of opened.metadata.row_groups) {
      const rows = Number(group.num_rows);
      const place = placeFrom(this.file, first);
      const columns = new Map<string, Column>();
      this.#checkSize(rows, opened.kinds.size, place(0));
      for (const [name, kind] of opened.kinds) {
        const chunks = await this.#chunks(opened, name, first, rows);
        columns.set(name, groupColumn(kind, chunks, rows, name, place));
      }
      if (rows > 0) yield { rows, columns, place };
      first += rows;
      this.bytes = Math.floor((this.#source.bytes * first) / opened.rows);
    }
    this.bytes = this.#source.bytes;
  }

  async #open(): Promise<Opened> {
    const file: AsyncBuffer = {
      byteLength: this.#source.bytes,
      slice: async (from, to) => exactly(await this.#source.read(from, to ?? this.#source.bytes)),
    };
    const metadata = await this.#sound(() =>
      parquetMetadataAsync(file, { geoparquet: false, initialFetchSize: 64 * 1024 }),
    );
    const root = await this.#sound(async () => parquetSchema(metadata));
    const kinds = new Map<string, ParquetKind>();
    for (const child of root.children) {
      const { element } = child;
      if (child.children.length > 0 || element.repetition_type === 'REPEATED') {
        throw nestedError(element, this.file);
      }
      if (kinds.has(element.name) || element.name === '') throw nameError(element.name, this.file);
      kinds.set(element.name, kindOf(element, this.file));
    }
    // Values are wanted as they are stored; what they mean is ours to say.
    for (const element of metadata.schema) {
      delete element.converted_type;
      delete element.logical_type;
    }
    return { file, metadata, kinds, rows: Math.max(1, Number(metadata.num_rows)) };
  }

  /** The stored values of one column of a row group, in pieces. */
  async #chunks(
    opened: Opened,
    name: string,
    first: number,
    rows: number,
  ): Promise<DecodedArray[]> {
    const { file, metadata } = opened;
    const found: ColumnData[] = [];
    await this.#sound(
      () =>
        parquetRead({
          ...{ file, metadata, compressors, columns: [name], utf8: false, geoparquet: false },
          parsers: { timestampFromNanoseconds: (nanos) => nanos },
          rowStart: first,
          rowEnd: first + rows,
          onChunk: (chunk) => found.push(chunk),
        }),
      { file: this.file, row: first + 1, column: name },
    );
    const count = found.reduce((sum, { columnData }) => sum + columnData.length, 0);
    if (count === rows) return found.map(({ columnData }) => columnData);
    throw unsound(`${count} values where its row group has ${rows} rows`, {
      ...{ file: this.file, row: first + 1, column: name },
    });
  }

  #checkSize(rows: number, columns: number, place: DataPlace): void {
    const bytes = rows * columns * 8;
    if (bytes <= groupBytesMax) return;
    throw new DataError(
      'data-too-large',
      `a row group has ${rows} rows of ${columns} columns, ${bytes} bytes in memory, the most is ${groupBytesMax}`,
      'write the file with smaller row groups (pyarrow: row_group_size=100000)',
      place,
    );
  }

  /** The result of the library's work; whatever it throws means a file that is not sound. */
  async #sound<T>(work: () => Promise<T>, place: DataPlace = { file: this.file }): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DataError || (error as Error).name === 'AbortError') throw error;
      if (error instanceof RangeError || error instanceof TypeError || isLibraryError(error)) {
        throw unsound((error as Error).message, place);
      }
      throw error;
    }
  }
}

interface Opened {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly kinds: ReadonlyMap<string, ParquetKind>;
  readonly rows: number;
}

function placeFrom(file: string, first: number): (row: number) => DataPlace {
  return (row) => ({ file, row: first + row + 1 });
}

function exactly(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, length } = bytes;
  return buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer;
}

/** Errors of the operating system have a code, an aborted signal its reason; a library's have neither. */
function isLibraryError(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error && !('syscall' in error);
}

function unsound(what: string, place: DataPlace): DataError {
  const fix = 'write the file again, or copy it again if it was cut off';
  return new DataError('data-format', `this is not sound Parquet: ${quoteShort(what)}`, fix, place);
}

function nestedError(element: SchemaElement, file: string): DataError {
  return new DataError(
    'data-nested',
    `the column is nested (${element.logical_type?.type ?? element.converted_type ?? 'group'}), and a cell holds one value`,
    'write a column for each part (pandas: json_normalize; pyarrow: Table.flatten), or leave it out',
    { file, column: element.name },
  );
}

function nameError(name: string, file: string): DataError {
  return new DataError(
    name === '' ? 'data-column-name' : 'data-duplicate-column',
    name === '' ? 'a column has no name' : `two columns are named "${quoteShort(name)}"`,
    'give each column a name of its own',
    { file },
  );
}

type Unpack = (input: Uint8Array, outputLength: number) => Uint8Array;

/** Refuses pages that say that they are too large, or come to another size than they say. */
function bounded(unpack: Unpack): Unpack {
  return (input, length) => {
    if (length > pageBytesMax) {
      throw new Error(`a page of ${length} bytes, the most is ${pageBytesMax}`);
    }
    const output = unpack(input, length);
    if (output.length !== length) {
      throw new Error(`a page unpacks to ${output.length} bytes and says ${length}`);
    }
    return output;
  };
}

const compressors: Compressors = {
  SNAPPY: bounded(decompressSnappy),
  GZIP: bounded((input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) })),
  ZSTD: bounded((input, length) =>
    zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ),
  BROTLI: bounded((input, length) =>
    brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ),
  LZ4: bounded(decompressLz4),
  LZ4_RAW: bounded(decompressLz4Raw),
};
