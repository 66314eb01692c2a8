/**
 * Frames from frames: fewer columns, other rows, the levels of another schema, shared memory.
 *
 * Nothing here changes its input; columns that need no change are passed on, not copied.
 */
import { DataError } from './data-error.ts';
import { listed } from './data-schema.ts';
import type { Column, ColumnSchema, Frame, LevelColumn, TextColumn } from './frame.ts';

/** The frame with the named columns only, in that order. */
export function selectColumns(frame: Frame, names: readonly string[]): Frame {
  const columns = new Map<string, Column>();
  for (const name of names) {
    const column = frame.columns.get(name);
    if (column === undefined) {
      throw new DataError(
        'data-unknown-column',
        `the frame has no column "${name}"`,
        `it has ${listed([...frame.columns.keys()])}`,
        { column: name },
      );
    }
    columns.set(name, column);
  }
  return { rows: frame.rows, firstRow: frame.firstRow, columns };
}

/**
 * The rows at `positions` (within the frame, any order, repeats allowed), gathered. `firstRow` of
 * the result is that of the input: a gathered frame no longer has one row index after another.
 */
export function takeRows(frame: Frame, positions: Int32Array): Frame {
  const columns = new Map<string, Column>();
  for (const [name, column] of frame.columns) columns.set(name, takeColumn(column, positions));
  return { rows: positions.length, firstRow: frame.firstRow, columns };
}

function takeColumn(column: Column, positions: Int32Array): Column {
  const rows = positions.length;
  if (column.kind === 'number') {
    const from = column.values;
    const values = from instanceof Float32Array ? new Float32Array(rows) : new Float64Array(rows);
    for (let i = 0; i < rows; i++) values[i] = from[positions[i]!]!;
    return { kind: 'number', values };
  }
  if (column.kind === 'text') return takeText(column, positions);
  const codes = new Int32Array(rows);
  for (let i = 0; i < rows; i++) codes[i] = column.codes[positions[i]!]!;
  return { kind: column.kind, codes };
}

function takeText(column: TextColumn, positions: Int32Array): TextColumn {
  const rows = positions.length;
  const offsets = new Int32Array(rows + 1);
  const present = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = positions[i]!;
    offsets[i + 1] = offsets[i]! + column.offsets[row + 1]! - column.offsets[row]!;
    present[i] = column.present[row]!;
  }
  const bytes = new Uint8Array(offsets[rows]!);
  for (let i = 0; i < rows; i++) {
    const row = positions[i]!;
    bytes.set(column.bytes.subarray(column.offsets[row]!, column.offsets[row + 1]!), offsets[i]!);
  }
  return { kind: 'text', bytes, offsets, present };
}

/**
 * The frame as a model wants it: the columns of `wanted`, with level codes of `wanted`'s levels
 * instead of `have`'s. A level that the model does not know becomes -1.
 *
 * @throws DataError `data-missing-column` or `data-value` when a column is absent or of another kind
 */
export function adaptFrame(
  frame: Frame,
  have: readonly ColumnSchema[],
  wanted: readonly ColumnSchema[],
): Frame {
  const schemas = new Map(have.map((schema) => [schema.name, schema]));
  const columns = new Map<string, Column>();
  for (const target of wanted) {
    const schema = schemas.get(target.name);
    const column = frame.columns.get(target.name);
    if (schema === undefined || column === undefined) {
      throw new DataError(
        'data-missing-column',
        `there is no column "${target.name}", which the model needs`,
        `add it; columns are ${listed([...frame.columns.keys()])}`,
        { column: target.name },
      );
    }
    columns.set(target.name, adaptColumn(column, schema, target));
  }
  return { rows: frame.rows, firstRow: frame.firstRow, columns };
}

function adaptColumn(column: Column, schema: ColumnSchema, target: ColumnSchema): Column {
  const isLevels = (kind: string) => kind === 'category' || kind === 'boolean';
  if (isLevels(column.kind) && isLevels(target.kind)) {
    return remapLevels(column as LevelColumn, schema.levels ?? [], target);
  }
  if (column.kind === target.kind) return column;
  throw new DataError(
    'data-value',
    `column "${target.name}" is of kind ${column.kind}, the model was trained on ${target.kind}`,
    `import the data with kind ${target.kind} for it`,
    { column: target.name },
  );
}

/** Codes over `from` as codes over `to.levels`; -1 for what `to` lacks. */
export function remapLevels(
  column: LevelColumn,
  from: readonly string[],
  to: ColumnSchema,
): LevelColumn {
  const levels = to.levels ?? [];
  const kind = to.kind as 'category' | 'boolean';
  if (levels.length === from.length && levels.every((level, i) => level === from[i])) {
    return { kind, codes: column.codes };
  }
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  const map = Int32Array.from(from, (level) => codeOf.get(level) ?? -1);
  const codes = new Int32Array(column.codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = column.codes[i]!;
    codes[i] = code < 0 ? -1 : map[code]!;
  }
  return { kind, codes };
}
