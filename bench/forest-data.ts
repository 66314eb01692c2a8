/**
 * The generated rows that the forest bench and its peer both read: 28 dense number columns and a
 * binary class of which a part is noise, as one file of float32 columns and class bytes.
 */
import type { Column, Frame } from '../datasets/frame.ts';
import type { Problem } from '../learners/learner.ts';
import { exp, log } from '../learners/math.ts';
import { Xoshiro } from '../learners/random.ts';

export const FEATURES = 28;

export interface ForestData {
  readonly rows: number;
  readonly columns: readonly Float32Array[];
  readonly classes: Uint8Array;
}

/** Rows whose class depends on sums, products and bumps of some columns; the same for a seed. */
export function generateRows(rows: number, seed: number): ForestData {
  const random = new Xoshiro(seed);
  const uniform = () => (random.next() + 0.5) / 2 ** 32;
  const columns = Array.from({ length: FEATURES }, () => new Float32Array(rows));
  const classes = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const x: number[] = [];
    for (let f = 0; f < FEATURES; f++) {
      // Twelve uniform numbers make a nearly normal one; a third of the columns are log-normal.
      let sum = -6;
      for (let k = 0; k < 12; k++) sum += uniform();
      const value = f % 3 === 2 ? exp(0.5 * sum) : sum;
      x.push(value);
      columns[f]![row] = value;
    }
    const score =
      1.2 * x[0]! * x[1]! +
      x[3]! -
      0.8 * (x[2]! - 1) * x[4]! +
      (x[6]! > 0.3 ? 1.1 : -0.6) * x[7]! +
      1.5 * exp(-x[9]! * x[9]!) +
      0.6 * x[10]! * (x[12]! > 0 ? 1 : -1) -
      1;
    const u = uniform();
    const noise = log(u / (1 - u));
    classes[row] = score + 0.3 * noise > 0 ? 1 : 0;
  }
  return { rows, columns, classes };
}

/** The file: row count as uint32, then each column's float32 values, then the classes. */
export function toBytes(data: ForestData): Uint8Array {
  const bytes = new Uint8Array(4 + data.rows * (FEATURES * 4 + 1));
  new DataView(bytes.buffer).setUint32(0, data.rows, true);
  data.columns.forEach((column, f) => {
    bytes.set(new Uint8Array(column.buffer), 4 + f * data.rows * 4);
  });
  bytes.set(data.classes, 4 + FEATURES * data.rows * 4);
  return bytes;
}

export function fromBytes(bytes: Uint8Array<ArrayBuffer>): ForestData {
  const rows = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const start = bytes.byteOffset + 4;
  // Views where the bytes lie on words, so that the columns are held once.
  const whole = start % 4 === 0 ? bytes.buffer : bytes.buffer.slice(start);
  const base = start % 4 === 0 ? start : 0;
  const columns = Array.from(
    { length: FEATURES },
    (_, f) => new Float32Array(whole, base + f * rows * 4, rows),
  );
  return { rows, columns, classes: bytes.subarray(4 + FEATURES * rows * 4) };
}

export function problemFor(rows: number, seed: number): Problem {
  const features = Array.from({ length: FEATURES }, (_, f) => ({
    name: `x${f}`,
    kind: 'number' as const,
    storage: 'float32' as const,
  }));
  const classes = ['0', '1'];
  const target = { name: 'class', kind: 'category' as const, levels: classes };
  return { kind: 'classification', features, target, classes, rows, seed };
}

/** Rows from..to as one frame. */
export function frameOf(data: ForestData, from: number, to: number): Frame {
  const columns = new Map<string, Column>();
  data.columns.forEach((values, f) => {
    columns.set(`x${f}`, { kind: 'number', values: values.subarray(from, to) });
  });
  const codes = Int32Array.from(data.classes.subarray(from, to));
  columns.set('class', { kind: 'category', codes });
  return { rows: to - from, firstRow: 0, columns };
}
