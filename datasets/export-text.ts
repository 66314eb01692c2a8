/**
 * Rows of a data set as CSV or JSON lines, some thousand at a time.
 *
 * A missing value is an empty cell of CSV and null in JSON. CSV does not say of what kind a value is:
 * levels that look like numbers are numbers to whoever reads it next.
 */
import { csvCell } from './csv-cell.ts';
import { decodeUtf8 } from './csv-field.ts';
import type { DataColumn } from './data-schema.ts';
import type { Column, Frame } from './frame.ts';

const rowsAtATime = 4096;

/** A value of a row as text; undefined where it is missing. */
type CellOf = (row: number) => string | undefined;

export function csvHeader(columns: readonly DataColumn[]): string {
  return `${columns.map(({ name }) => csvCell(name)).join(',')}\n`;
}

export function* csvRows(frame: Frame, columns: readonly DataColumn[]): Generator<string> {
  const cells = columns.map((column) => cellsOf(frame, column, csvCell));
  // A row of one empty cell would be an empty line, which is none of CSV's rows.
  const empty = cells.length === 1 ? '""' : '';
  yield* joined(frame.rows, (row) => cells.map((cell) => cell(row) ?? empty).join(','));
}

export function* jsonRows(frame: Frame, columns: readonly DataColumn[]): Generator<string> {
  const cells = columns.map((column) => cellsOf(frame, column, (text) => JSON.stringify(text)));
  const names = columns.map(({ name }) => JSON.stringify(name));
  yield* joined(frame.rows, (row) => {
    return `{${cells.map((cell, i) => `${names[i]}:${cell(row) ?? 'null'}`).join(',')}}`;
  });
}

function* joined(rows: number, lineOf: (row: number) => string): Generator<string> {
  let text = '';
  for (let row = 0; row < rows; row++) {
    text += `${lineOf(row)}\n`;
    if ((row + 1) % rowsAtATime !== 0) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function cellsOf(frame: Frame, schema: DataColumn, quoted: (text: string) => string): CellOf {
  const column = frame.columns.get(schema.name) as Column;
  if (column.kind === 'number') {
    const { values } = column;
    return (row) => (Number.isNaN(values[row]!) ? undefined : String(values[row]));
  }
  if (column.kind === 'text') {
    const { bytes, offsets, present } = column;
    return (row) =>
      present[row] === 0 ? undefined : quoted(decodeUtf8(bytes, offsets[row]!, offsets[row + 1]!));
  }
  // A boolean is one in JSON, too, and stands without quotes in both.
  const levels = schema.levels ?? [];
  const texts = schema.kind === 'boolean' ? levels : levels.map(quoted);
  return (row) => texts[column.codes[row]!];
}
