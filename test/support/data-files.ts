/**
 * Files of every format for the tests of import: in memory, written by other people's writers.
 */
import {
  Bool,
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int32,
  Schema,
  Table,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { type DataOptions, settleData } from '../../datasets/data-import.ts';
import type { Manifest } from '../../datasets/manifest.ts';
import type { DataFile } from '../../datasets/raw-table.ts';
import { sourceOf } from './csv-text.ts';

/** A file in memory. @param sizes of the chunks in which it is read */
export function memoryFile(
  file: string,
  content: string | Uint8Array,
  sizes: readonly number[] = [],
): DataFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    file,
    bytes: bytes.length,
    open: sourceOf(bytes, sizes),
    read: async (from, to) => bytes.subarray(from, to),
  };
}

export interface Imported {
  readonly manifest: Manifest;
  readonly notes: readonly string[];
  readonly shards: readonly Uint8Array[];
}

/** The files as a data set, in shards of `rowsPerShard` rows at most. */
export async function importedFrom(
  files: readonly DataFile[],
  options: DataOptions & { readonly rowsPerShard?: number } = {},
): Promise<Imported> {
  const { rowsPerShard, ...rest } = options;
  const data = await settleData(files, rest);
  const shards: Uint8Array[] = [];
  const manifest = await data.write({
    name: 'sample',
    onShard: (bytes) => void shards.push(bytes),
    ...(rowsPerShard === undefined ? {} : { rowsPerShard }),
  });
  return { manifest, notes: data.notes, shards };
}

/** What of a data set does not depend on the format that it came in. */
export function contentOf({ manifest }: Imported): unknown {
  const { source, ...content } = manifest;
  return content;
}

export type Cell = number | boolean | string | null;
export type CellKind = 'number' | 'boolean' | 'text';

export interface Cells {
  readonly name: string;
  readonly kind: CellKind;
  readonly values: readonly Cell[];
}

export function csvOf(columns: readonly Cells[]): string {
  const cell = (text: string) =>
    /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const rows = columns[0]!.values.map((_, row) =>
    columns.map(({ values }) => (values[row] === null ? '' : cell(String(values[row])))).join(','),
  );
  return `${columns.map(({ name }) => cell(name)).join(',')}\n${rows.join('\n')}\n`;
}

export function jsonLinesOf(columns: readonly Cells[]): string {
  return columns[0]!.values
    .map((_, row) => {
      const members = columns.map(
        ({ name, values }) => `${JSON.stringify(name)}:${JSON.stringify(values[row])}`,
      );
      return `{${members.join(',')}}\n`;
    })
    .join('');
}

const parquetTypes = { number: 'DOUBLE', boolean: 'BOOLEAN', text: 'STRING' } as const;

export function parquetOf(
  columns: readonly Cells[],
  options: Omit<Parameters<typeof parquetWriteBuffer>[0], 'columnData'> = {},
): Uint8Array {
  const columnData = columns.map(
    ({ name, kind, values }): ColumnSource => ({
      name,
      data: [...values],
      type: parquetTypes[kind],
      nullable: true,
    }),
  );
  return new Uint8Array(parquetWriteBuffer({ columnData, ...options }));
}

const arrowTypes = {
  number: () => new Float64(),
  boolean: () => new Bool(),
  text: () => new Utf8(),
};

/** @param as a file, or a stream; texts as they are, or as dictionaries; rows of a batch */
export function arrowOf(
  columns: readonly Cells[],
  as: { readonly stream?: boolean; readonly dictionaries?: boolean; readonly rows?: number } = {},
): Uint8Array {
  const types = columns.map(
    ({ kind }, i): DataType =>
      kind === 'text' && as.dictionaries === true
        ? new Dictionary(new Utf8(), new Int32(), i)
        : arrowTypes[kind](),
  );
  const schema = new Schema(columns.map(({ name }, i) => new Field(name, types[i]!, true)));
  const vectors = columns.map(({ values }, i): Vector => vectorFromArray([...values], types[i]!));
  const all = new Table(
    schema,
    Object.fromEntries(columns.map(({ name }, i) => [name, vectors[i]!])),
  );
  const step = as.rows ?? all.numRows;
  const starts = Array.from({ length: Math.ceil(all.numRows / step) }, (_, i) => i * step);
  const batches = starts.flatMap((from) => all.slice(from, from + step).batches);
  return tableToIPC(new Table(batches), as.stream === true ? 'stream' : 'file');
}
