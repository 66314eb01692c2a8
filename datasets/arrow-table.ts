/**
 * An Arrow IPC file or stream (Feather version 2 is such a file) as a raw table, a batch at a time.
 *
 * Memory is about one record batch, and what it takes to read it: each is decoded by itself, with
 * the schema and the dictionaries before it. Importing this file loads apache-arrow: import it lazily.
 */
import { zstdDecompressSync } from 'node:zlib';
import {
  CompressionType,
  compressionRegistry,
  type Data,
  type Field,
  type RecordBatch,
  RecordBatchReader,
  type Schema,
} from 'apache-arrow';
import type { DictionaryBatch } from 'apache-arrow/ipc/metadata/message';
import { arrowMessages, buffersMax, endMark, soundly, unsound } from './arrow-messages.ts';
import { type ArrowKind, arrowColumn, arrowKind } from './arrow-values.ts';
import { DataError, type DataPlace, quoteShort } from './data-error.ts';
import type { Column } from './frame.ts';
import { unpackLz4Frame } from './lz4-frame.ts';
import type { DataFile, RawBatch, RawTable } from './raw-table.ts';

compressionRegistry.set(CompressionType.ZSTD, {
  decode: (bytes) => new Uint8Array(zstdDecompressSync(bytes, { maxOutputLength: buffersMax })),
});
compressionRegistry.set(CompressionType.LZ4_FRAME, {
  decode: (bytes) => unpackLz4Frame(bytes, buffersMax),
});

export class ArrowTable implements RawTable {
  readonly file: string;
  bytes = 0;
  readonly #source: DataFile;

  constructor(source: DataFile) {
    this.file = source.file;
    this.#source = source;
  }

  async *batches(): AsyncGenerator<RawBatch> {
    this.bytes = 0;
    let schema: Uint8Array | undefined;
    let kinds: readonly (readonly [string, ArrowKind])[] = [];
    const dictionaries = new Dictionaries();
    let first = 0;
    for await (const { message, bytes, end } of arrowMessages(this.#source)) {
      const before = first;
      const place = (row: number): DataPlace => ({ file: this.file, row: before + row + 1 });
      if (message.isSchema()) {
        schema = bytes;
        kinds = soundly(() => this.#kinds((message.header() as Schema).fields), place(0));
      } else if (schema === undefined) {
        throw unsound('it does not begin with a schema', { file: this.file });
      } else if (message.isDictionaryBatch()) {
        soundly(() => dictionaries.add(message.header() as DictionaryBatch, bytes), place(0));
      } else if (message.isRecordBatch()) {
        const parts = [schema, ...dictionaries.bytes(), bytes];
        const batch = soundly(() => decodeBatch(parts), place(0));
        if (batch.numRows > 0) yield this.#batch(batch, kinds, place);
        first += batch.numRows;
      }
      this.bytes = end;
    }
    if (schema === undefined) throw unsound('it holds no schema', { file: this.file });
    this.bytes = this.#source.bytes;
  }

  #batch(
    batch: RecordBatch,
    kinds: readonly (readonly [string, ArrowKind])[],
    place: (row: number) => DataPlace,
  ): RawBatch {
    const rows = batch.numRows;
    const columns = new Map<string, Column>();
    kinds.forEach(([name, kind], i) => {
      const data = batch.data.children[i] as Data;
      const column = arrowColumn(kind, data, rows, name, place);
      if (column === undefined) {
        throw unsound('a column contradicts its length', { ...place(0), column: name });
      }
      columns.set(name, column);
    });
    return { rows, columns, place };
  }

  #kinds(fields: readonly Field[]): (readonly [string, ArrowKind])[] {
    const seen = new Set<string>();
    return fields.map((field) => {
      if (seen.has(field.name) || field.name === '') {
        throw new DataError(
          field.name === '' ? 'data-column-name' : 'data-duplicate-column',
          field.name === ''
            ? 'a column has no name'
            : `two columns are named "${quoteShort(field.name)}"`,
          'give each column a name of its own',
          { file: this.file },
        );
      }
      seen.add(field.name);
      return [field.name, arrowKind(field, this.file)] as const;
    });
  }
}

/** The dictionaries that hold at a place of the stream, as the messages that made them. */
class Dictionaries {
  readonly #messages = new Map<number, Uint8Array[]>();

  add({ id, isDelta }: DictionaryBatch, bytes: Uint8Array): void {
    const before = isDelta ? (this.#messages.get(id) ?? []) : [];
    this.#messages.set(id, [...before, bytes]);
  }

  bytes(): Uint8Array[] {
    return [...this.#messages.values()].flat();
  }
}

/** A record batch with its schema and dictionaries, which the library reads as a stream of its own. */
function decodeBatch(parts: readonly Uint8Array[]): RecordBatch {
  const stream = Buffer.concat([...parts, endMark]);
  const [batch] = [...RecordBatchReader.from(new Uint8Array(stream))];
  if (batch === undefined) throw new Error('a record batch is empty');
  return batch;
}
