/**
 * A CSV file for prediction: frames by the schema of a model, in the order of the rows.
 *
 * The file must have every column of the schema, by name, in any order; what else it has is left
 * aside with a note. A value that is no number in a column of numbers is an error with its place;
 * a level never seen in training is -1 and counted. The target, when the file has it, is not read.
 */
import { type CsvDialect, sniffDialect } from './csv-dialect.ts';
import { type ByteSource, type CsvOptions, missingDefault } from './csv-types.ts';
import { DataError } from './data-error.ts';
import { listed, nearestName } from './data-schema.ts';
import type { ColumnSchema, Frame } from './frame.ts';
import { FrameReader } from './frame-builder.ts';

export interface CsvFrames {
  /** Frames of `rowsPerFrame` rows (the last may have fewer), each the consumer's to keep. */
  frames(): AsyncGenerator<Frame>;
  /** What differs between the file and the schema without harm, for the user to see. */
  readonly notes: readonly string[];
  /** Values, by column, of levels never seen; whole once the frames are at their end. */
  unseenLevels(): ReadonlyMap<string, number>;
}

/** Opens a CSV file against `columns`; throws `DataError` when it lacks one of them. */
export async function readCsvFrames(
  open: ByteSource,
  columns: readonly ColumnSchema[],
  options: Omit<CsvOptions, 'kinds' | 'storage'> & { readonly rowsPerFrame?: number } = {},
): Promise<CsvFrames> {
  const dialect = await sniffDialect(open, options);
  checkColumns(dialect, columns, options.file);
  const wanted = new Set(columns.map((column) => column.name));
  const extra = dialect.names.filter((name) => !wanted.has(name));
  const rows = options.rowsPerFrame ?? 8192;
  const reader = new FrameReader({
    dialect,
    file: options.file,
    missing: ['', ...(options.missing ?? missingDefault)],
    columns,
    rowsOf: () => rows,
    rowsMax: rows,
    unseen: 'count',
    reuse: false,
    onProgress: options.onProgress,
  });
  return {
    frames: () => reader.frames([{ open, dialect, file: options.file }]),
    notes: extra.length === 0 ? [] : [`columns that the model does not use: ${listed(extra)}`],
    unseenLevels: () => reader.unseenLevels(),
  };
}

function checkColumns(
  dialect: CsvDialect,
  columns: readonly ColumnSchema[],
  file: string | undefined,
): void {
  const there = new Set(dialect.names);
  const absent = columns.filter((column) => !there.has(column.name)).map((column) => column.name);
  const first = absent[0];
  if (first === undefined) return;
  const wanted = new Set(columns.map((column) => column.name));
  const near = nearestName(
    first,
    dialect.names.filter((name) => !wanted.has(name)),
  );
  const more =
    absent.length > 1 ? ` (${absent.length} of ${columns.length} columns are absent)` : '';
  throw new DataError(
    'data-missing-column',
    `the file has no column "${first}", which the model needs${more}`,
    near === undefined
      ? `add it; the file has ${listed(dialect.names)}`
      : `rename "${near}" if that is it, else add the column`,
    { file, line: 1, column: first },
  );
}
