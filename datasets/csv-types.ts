/**
 * What goes into reading a CSV file and what its first pass settles.
 */
import type { DataColumn } from './data-schema.ts';
import type { ColumnKind } from './frame.ts';

/** Opens the input anew from its first byte; chunks may be of any size. */
export type ByteSource = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** An input that puts its bytes where they are wanted, at once or later. */
export interface ByteFiller {
  /** Fills `target[from, to)`; returns where it stopped, before `to` only at the end of the input. */
  fill(target: Uint8Array, from: number, to: number): number | Promise<number>;
  /** Drops the first `count` bytes; returns how many there were to drop. */
  skip(count: number): number | Promise<number>;
  close(): void | Promise<void>;
}

export type ByteInput = ByteSource | (() => ByteFiller);

/** One of the files that together are a data set, in the order of their rows. */
export interface CsvFile {
  /** For errors. */
  readonly file: string;
  readonly open: ByteSource;
}

/** Where a record begins, or the file ends: what a reader needs to begin in the middle. */
export interface CsvMark {
  /** Rows before it. */
  readonly row: number;
  readonly byteOffset: number;
  readonly line: number;
}

/** Longest field, its quotes included. */
export const fieldBytesMax: number = 64 * 1024;

export const csvDelimiters = [',', ';', '\t', '|'] as const;
export type CsvDelimiter = (typeof csvDelimiters)[number];

/** Texts that mean a missing value unless others are given; compared after trimming blanks. */
export const missingDefault: readonly string[] = [
  '',
  '?',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  '<NA>',
  'NaN',
  'nan',
  'NULL',
  'null',
];

/**
 * `sniff` takes the first record as names unless one of them is a number or empty (an error that
 * asks), `first` takes it as names whatever it holds, `none` names the columns c1, c2, ….
 */
export type CsvHeader = 'sniff' | 'first' | 'none';

export interface CsvOptions {
  /** Name of the file, for errors. */
  readonly file?: string;
  /** Absent: found from the header line and the records after it. */
  readonly delimiter?: CsvDelimiter;
  readonly header?: CsvHeader;
  /** Texts that mean a missing value; the empty text always does. */
  readonly missing?: readonly string[];
  /** Kinds that are settled beforehand: a value that does not fit is an error, not a change. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /** Store numbers as this, instead of float32 exactly where every value is exact in it. */
  readonly storage?: 'float32' | 'float64';
  /** Called about once a mebibyte of input. */
  readonly onProgress?: ((progress: CsvProgress) => void) | undefined;
  /** Reads the file in parts at the same time; absent: in this thread alone, with equal results. */
  readonly crew?: CsvCrew | undefined;
  /** Ends the work of the crew; what `open` reads is ended by its own. */
  readonly signal?: AbortSignal | undefined;
}

/** Where parts of an import run besides this thread: threads that can open the file themselves. */
export interface CsvCrew {
  /** What the functions of `csvCrewFunctions` there open the file by: the input of `open`. */
  readonly path: string;
  /** As `Compute` of the runtime's ports. */
  readonly compute: {
    readonly slots: number;
    run(
      name: string,
      input: unknown,
      options?: { readonly signal?: AbortSignal; readonly onProgress?: () => void },
    ): Promise<unknown>;
  };
}

export interface CsvProgress {
  readonly phase: 'sniff' | 'import';
  /** Bytes read of this pass, and rows found so far. */
  readonly bytes: number;
  readonly rows: number;
}

/** What a CSV file is: settled by a full pass, binding for the next. */
export interface CsvSchema {
  readonly delimiter: CsvDelimiter;
  readonly header: 'first' | 'none';
  readonly missing: readonly string[];
  readonly columns: readonly DataColumn[];
  readonly rows: number;
  /** Bytes of the file. */
  readonly bytes: number;
  /** What a person should see before relying on the schema: e.g. why a column is not a number. */
  readonly notes: readonly string[];
  /** Places to begin at, ascending: the first record, about every so many bytes, and the end. */
  readonly marks: readonly CsvMark[];
}
