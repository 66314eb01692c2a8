/**
 * Files of any format into a data set: what they are, the schema that all their rows settle, then
 * shards and manifest.
 *
 * CSV and JSON lines may be packed with gzip or zstd. Several files are one data set, their rows in
 * the order of the files; all must be of one format and have the same columns.
 */
import { type CsvImport, importCsv } from './csv-import.ts';
import { sniffCsv } from './csv-sniff.ts';
import type { CsvOptions } from './csv-types.ts';
import { DataError, quoteShort } from './data-error.ts';
import { type DataFormat, type FileKind, kindOfFile } from './data-format.ts';
import { columnKinds, type DataColumn } from './data-schema.ts';
import { JsonLines } from './json-lines.ts';
import type { Manifest } from './manifest.ts';
import { unpacked } from './packing.ts';
import { importRaw } from './raw-import.ts';
import { type RawOptions, sniffRaw } from './raw-sniff.ts';
import type { DataFile, RawTable } from './raw-table.ts';
import type { ShardSink } from './shard-writer.ts';

export interface DataOptions extends Omit<CsvOptions, 'file'> {
  /** Absent: found from content and name of each file. */
  readonly format?: DataFormat;
}

export interface WriteOptions extends ShardSink, Pick<CsvOptions, 'onProgress' | 'signal'> {
  readonly name: string;
  /** Most rows of a shard; absent: shards of about 16 MiB. */
  readonly rowsPerShard?: number;
}

/** Files whose schema is settled: binding for what is written. */
export interface SettledData {
  readonly format: DataFormat;
  readonly columns: readonly DataColumn[];
  readonly rows: number;
  /** Bytes read of the files, unpacked. */
  readonly bytes: number;
  /** What a person should see before relying on the schema. */
  readonly notes: readonly string[];
  /** Reads the files again, into shards, and gives the manifest. @throws DataError */
  write(options: WriteOptions): Promise<Manifest>;
}

/**
 * Reads all files once, or twice, and settles their schema.
 *
 * @param files at least one
 * @throws DataError with file, place, column, value and what to do
 */
export async function settleData(
  files: readonly DataFile[],
  options: DataOptions = {},
): Promise<SettledData> {
  const kinds = await Promise.all(files.map((file) => kindOfFile(file, options.format)));
  checkOneFormat(files, kinds);
  const { format } = kinds[0]!;
  if (format === 'csv') return settleCsv(files, kinds, options);
  checkTyped(files[0]!, format, options);
  return settleRaw(await tablesOf(files, kinds, options), format, options);
}

/** From here on, float64 does not hold every whole number. */
const wholeMax = 2 ** 53;

/** Columns whose whole numbers may have been rounded, for people to see. */
export function roundingNotes(columns: readonly DataColumn[]): string[] {
  return columns
    .filter(({ kind, stats: { min = 0, max = 0, integer } }) => {
      return kind === 'number' && integer === true && (max >= wholeMax || min <= -wholeMax);
    })
    .map(
      ({ name }) =>
        `column "${quoteShort(name)}" has whole numbers beyond 2^53, which are rounded; as text they are kept (--type ${quoteShort(name)}=text)`,
    );
}

async function settleCsv(
  files: readonly DataFile[],
  kinds: readonly FileKind[],
  options: DataOptions,
): Promise<SettledData> {
  const { format: _, crew, ...rest } = options;
  const parts = files.map(({ file, open }, i) => {
    return { file, open: unpacked(open, kinds[i]!.packing, file) };
  });
  const alone = files.length === 1;
  // Threads read a file by themselves, and only where its bytes are what is parsed.
  const shared = alone && kinds[0]!.packing === 'none' && crew !== undefined ? { crew } : {};
  const input = alone ? parts[0]!.open : parts;
  const csv = { ...rest, ...shared, ...(alone ? { file: files[0]!.file } : {}) };
  const schema = await sniffCsv(input, csv);
  const { columns, rows, bytes, notes } = schema;
  return {
    ...{ format: 'csv', columns, rows, bytes },
    notes: [...notes, ...roundingNotes(columns)],
    write: (write) => importCsv({ ...csv, ...write, open: input, schema } as CsvImport),
  };
}

async function settleRaw(
  tables: readonly RawTable[],
  format: DataFormat,
  options: DataOptions,
): Promise<SettledData> {
  const missing = ['', ...(options.missing ?? []).filter((text) => text !== '')];
  const { kinds, storage, onProgress } = options;
  const raw: RawOptions = { missing, kinds, storage, onProgress };
  const { columns, rows, notes } = await sniffRaw(tables, raw);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  return {
    ...{ format, columns, rows, bytes },
    notes: [...notes, ...roundingNotes(columns)],
    write: (write) => importRaw({ ...write, tables, format, columns, rows, bytes, raw }),
  };
}

async function tablesOf(
  files: readonly DataFile[],
  kinds: readonly FileKind[],
  options: DataOptions,
): Promise<RawTable[]> {
  const { format } = kinds[0]!;
  if (format === 'jsonl') {
    return files.map(
      ({ file, open }, i) =>
        new JsonLines(
          file,
          unpacked(open, kinds[i]!.packing, file),
          options.kinds,
          options.missing,
        ),
    );
  }
  // Both libraries are slow to load, so only their own formats pay for them.
  if (format === 'parquet') {
    const { ParquetTable } = await import('./parquet-table.ts');
    return files.map((file) => new ParquetTable(file));
  }
  const { ArrowTable } = await import('./arrow-table.ts');
  return files.map((file) => new ArrowTable(file));
}

function checkOneFormat(files: readonly DataFile[], kinds: readonly FileKind[]): void {
  const { format } = kinds[0]!;
  const other = kinds.findIndex((kind) => kind.format !== format);
  if (other < 0) return;
  throw new DataError(
    'data-differs',
    `the file is ${kinds[other]!.format}, and ${files[0]!.file} is ${format}`,
    'give files of one format, or import them as data sets of their own',
    { file: files[other]!.file },
  );
}

/** Typed files have no delimiter and no header, and their types are their own or given. */
function checkTyped({ file }: DataFile, format: DataFormat, options: DataOptions): void {
  const alien = (['delimiter', 'header'] as const).find((name) => options[name] !== undefined);
  if (alien !== undefined) {
    throw new DataError('data-option', `a ${format} file has no ${alien}`, `leave it out`, {
      file,
    });
  }
  for (const [column, kind] of Object.entries(options.kinds ?? {})) {
    if (columnKinds.includes(kind)) continue;
    throw new DataError(
      'data-option',
      `kind "${kind}" of column "${quoteShort(column)}" is not known`,
      `give one of ${columnKinds.join(', ')}`,
      { file, column },
    );
  }
}
