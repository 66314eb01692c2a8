/**
 * What a column sees of a tile: the kernel, its index, and the reader for places of errors.
 */
import type { CsvField } from './csv-field.ts';
import type { CsvReader, CsvTile } from './csv-reader.ts';
import { DataError, quoteShort } from './data-error.ts';
import type { LevelDictionary } from './level-dictionary.ts';
import { parseNumberText } from './number-text.ts';

/** Shared by all columns of one pass. */
export interface PassContext {
  readonly reader: CsvReader;
  readonly field: CsvField;
  /** The texts that mean a missing value. */
  readonly missing: LevelDictionary;
}

/** A value that is no number, with its place. */
export interface Misfit {
  readonly file: string | undefined;
  readonly text: string;
  readonly line: number;
  readonly byteOffset: number;
}

/** Points `context.field` at the value of a row; true when it is a missing one. */
export function readField(context: PassContext, column: number, row: number): boolean {
  const { reader, field, missing } = context;
  const { kernel } = reader;
  const at = row * (reader.columns + 1) + column;
  field.read(kernel.block, kernel.bounds[at]! + 1, kernel.bounds[at + 1]!);
  return field.start === field.end || missing.find(field.view, field.start, field.end) >= 0;
}

/** The place of a field, for an error. */
export function fieldPlace(
  context: PassContext,
  column: number,
  row: number,
): { file: string | undefined; line: number; byteOffset: number } {
  const { kernel, columns } = context.reader;
  return context.reader.place(kernel.bounds[row * (columns + 1) + column]! + 1);
}

/**
 * Parses a column of the tile into `kernel.values`, NaN for missing; returns the number of missing
 * values, or the first value that is neither missing nor a number.
 */
export function parseNumbers(context: PassContext, column: number, tile: CsvTile): number | Misfit {
  const { kernel } = context.reader;
  let undecided = kernel.parse(column, tile.rows);
  const { values } = kernel;
  let missing = 0;
  for (let row = 0; undecided > 0; row++) {
    if (!Number.isNaN(values[row]!)) continue;
    undecided--;
    if (readField(context, column, row)) {
      missing++;
      continue;
    }
    const text = context.field.text();
    const value = parseNumberText(text);
    if (Number.isNaN(value)) {
      return { text, ...fieldPlace(context, column, row) };
    }
    values[row] = value;
  }
  return missing;
}

/** The error for a value that does not fit the kind that its column was given. */
export function valueError(column: string, misfit: Misfit, expected: string): DataError {
  return new DataError(
    'data-value',
    `"${quoteShort(misfit.text)}" is not ${expected}`,
    'correct the value, name it as a missing text, or give the column another kind',
    { file: misfit.file, line: misfit.line, byteOffset: misfit.byteOffset, column },
  );
}

/** Spellings of a boolean, in lower case; `sniffed` ones make a column boolean by themselves. */
export const booleanSpellings: readonly {
  readonly text: string;
  readonly code: 0 | 1;
  readonly sniffed: boolean;
}[] = [
  { text: 'false', code: 0, sniffed: true },
  { text: 'true', code: 1, sniffed: true },
  { text: 'f', code: 0, sniffed: false },
  { text: 't', code: 1, sniffed: false },
  { text: 'no', code: 0, sniffed: false },
  { text: 'yes', code: 1, sniffed: false },
  { text: 'n', code: 0, sniffed: false },
  { text: 'y', code: 1, sniffed: false },
  { text: '0', code: 0, sniffed: false },
  { text: '1', code: 1, sniffed: false },
];

export const booleanLevels: readonly string[] = ['false', 'true'];

/** 0 or 1 for a spelling of a boolean, -1 for other text. */
export function booleanCode(text: string): number {
  const lower = text.toLowerCase();
  return booleanSpellings.find((spelling) => spelling.text === lower)?.code ?? -1;
}
