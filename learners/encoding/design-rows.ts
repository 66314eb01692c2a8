/**
 * Rows of a design matrix, sparse: numbers as they are, set columns as a list of their indices.
 *
 * Numbers are stored unscaled (NaN means missing), because means and scales are known only when all
 * slices were measured; `Scaling` is applied on the way to the arithmetic. Knows no target.
 */
import type { Column, Frame } from '../../datasets/frame.ts';
import { LearnerError } from '../errors.ts';
import type { DesignLayout } from './design-layout.ts';

export interface DesignRows {
  readonly rows: number;
  /** `rows x numbers`, row-major; NaN where missing. */
  readonly numbers: Float64Array;
  /** `rows x codes`, row-major: indices of set columns in ascending order; `width` for none. */
  readonly codes: Int32Array;
}

/** Bytes that a row takes. */
export function designRowBytes(layout: DesignLayout): number {
  return layout.numbers.length * 8 + layout.codes * 4;
}

/** Room for rows, in shared memory. */
export function allocateRows(layout: DesignLayout, rows: number): DesignRows {
  const numbers = new SharedArrayBuffer(rows * layout.numbers.length * 8);
  const codes = new SharedArrayBuffer(rows * layout.codes * 4);
  return { rows, numbers: new Float64Array(numbers), codes: new Int32Array(codes) };
}

/**
 * Writes some rows of a frame.
 * @param picked positions within the frame
 * @param at first row of `out` to write
 * @throws LearnerError where a column is not there or of another kind
 */
export function writeRows(
  layout: DesignLayout,
  frame: Frame,
  picked: Int32Array,
  out: DesignRows,
  at: number,
): void {
  layout.numbers.forEach((name, d) => {
    writeNumber(layout, numberColumn(frame, name), picked, out, at, d);
  });
  const stride = layout.codes;
  layout.levels.forEach(({ name, from, levels }, c) => {
    const codes = levelCodes(frame, name);
    let to = at * stride + c;
    for (let i = 0; i < picked.length; i++, to += stride) {
      const code = codes[picked[i]!]!;
      out.codes[to] = code >= 0 && code < levels ? from + code : layout.width;
    }
  });
}

/** All rows of a frame, for prediction. */
export function rowsOfFrame(layout: DesignLayout, frame: Frame): DesignRows {
  const out = {
    rows: frame.rows,
    numbers: new Float64Array(frame.rows * layout.numbers.length),
    codes: new Int32Array(frame.rows * layout.codes),
  };
  writeRows(
    layout,
    frame,
    Int32Array.from({ length: frame.rows }, (_, row) => row),
    out,
    0,
  );
  return out;
}

function writeNumber(
  layout: DesignLayout,
  values: Float64Array | Float32Array,
  picked: Int32Array,
  out: DesignRows,
  at: number,
  d: number,
): void {
  const stride = layout.numbers.length;
  for (let i = 0, to = at * stride + d; i < picked.length; i++, to += stride) {
    out.numbers[to] = values[picked[i]!]!;
  }
  if (layout.indicators < 0) return;
  let to = at * layout.codes + layout.levels.length + d;
  for (let i = 0; i < picked.length; i++, to += layout.codes) {
    const missing = Number.isNaN(values[picked[i]!]!);
    out.codes[to] = missing ? layout.indicators + d : layout.width;
  }
}

/** A column that must be there. */
export function columnOf(frame: Frame, name: string): Column {
  const column = frame.columns.get(name);
  if (column) return column;
  throw new LearnerError(`column "${name}" is needed and not in the rows`);
}

function numberColumn(frame: Frame, name: string): Float64Array | Float32Array {
  const column = columnOf(frame, name);
  if (column.kind === 'number') return column.values;
  throw new LearnerError(`column "${name}" is a ${column.kind}, a number is needed`);
}

function levelCodes(frame: Frame, name: string): Int32Array {
  const column = columnOf(frame, name);
  if (column.kind === 'category' || column.kind === 'boolean') return column.codes;
  throw new LearnerError(`column "${name}" is a ${column.kind}, a category is needed`);
}
