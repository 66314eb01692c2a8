/**
 * An algorithm in one file: nearest centroid, for classification by columns of numbers.
 *
 * Give it to every coordinator, worker and aggregator with `--learner examples/nearest-centroid.ts`
 * and submit `{"algorithm":"nearest-centroid", ...}`. Each task sums its share of the rows for each
 * class; merging adds the sums in task order, so the model is the same for any number of workers.
 */
import {
  asModelError,
  CanonicalReader,
  CanonicalWriter,
  type ColumnSchema,
  defineLearner,
  type Frame,
  LearnerError,
  ModelError,
  modelHeader,
  type Predictor,
  type Problem,
  readModelHeader,
  splitRows,
  writeModelHeader,
} from '../index.ts';

/** An alias, not an interface: parameters are plain data with known keys. */
type Params = {
  /** Tasks that the rows are shared out to. */
  tasks: number;
};

/** The numbers of all training rows, row-major, in memory that a node's threads share. */
interface Prepared {
  readonly values: Float64Array;
  readonly labels: Int32Array;
  readonly rows: number;
}

export const nearestCentroid = defineLearner<Params, Prepared>({
  name: 'nearest-centroid',
  summary: 'the class whose mean is nearest, by columns of numbers in units of their spread',
  kinds: ['classification'],
  numerics: 1,
  params: {
    tasks: {
      type: 'integer',
      min: 1,
      max: 64,
      default: 8,
      about: 'tasks that the rows are shared out to',
    },
  },

  taskCount(problem, params) {
    if (numbersOf(problem).length === 0) {
      throw new LearnerError('nearest-centroid needs at least one column of numbers');
    }
    return params.tasks;
  },

  memoryBytes: (problem) => problem.rows * (8 * numbersOf(problem).length + 4),

  prepare(problem, _params, source, progress) {
    const columns = numbersOf(problem);
    const width = columns.length;
    const values = new Float64Array(new SharedArrayBuffer(problem.rows * width * 8));
    const labels = new Int32Array(new SharedArrayBuffer(problem.rows * 4));
    let rows = 0;
    for (const frame of source.frames()) {
      const classes = codesIn(frame, problem.target);
      const numbers = columns.map((column) => valuesIn(frame, column));
      for (const i of splitRows(source.split, frame.firstRow, frame.rows)) {
        const label = classes[i]!;
        if (label < 0) continue; // a row without a known class teaches nothing
        numbers.forEach((column, f) => {
          values[rows * width + f] = column[i]!;
        });
        labels[rows++] = label;
      }
      progress(frame.firstRow + frame.rows, problem.rows);
    }
    return { values, labels, rows };
  },

  /** Counts, sums and sums of squares, for each class and column, over every `tasks`-th row. */
  train(problem, params, { values, labels, rows }, task, progress) {
    const width = numbersOf(problem).length;
    const size = problem.classes.length * width;
    const counts = new Float64Array(size);
    const sums = new Float64Array(size);
    const squares = new Float64Array(size);
    for (let row = task; row < rows; row += params.tasks) {
      for (let f = 0; f < width; f++) {
        const value = values[row * width + f]!;
        if (Number.isNaN(value)) continue;
        const at = labels[row]! * width + f;
        counts[at]! += 1;
        sums[at]! += value;
        squares[at]! += value * value;
      }
      if (row % 65_536 < params.tasks) progress(row, rows);
    }
    return new CanonicalWriter().uint(task).f64s(counts).f64s(sums).f64s(squares).finish();
  },

  merge: (problem, params, parts) =>
    asModelError(() => {
      const width = numbersOf(problem).length;
      const size = problem.classes.length * width;
      const [counts, sums, squares] = addParts(parts, params.tasks, size);
      const centroids = sums.map((sum, at) => (counts[at]! > 0 ? sum / counts[at]! : 0));
      const spread = Float64Array.from({ length: width }, (_, f) => {
        const over = (table: Float64Array): number =>
          problem.classes.reduce((total, _name, c) => total + table[c * width + f]!, 0);
        const rows = over(counts);
        if (rows === 0) return 1;
        const mean = over(sums) / rows;
        const variance = over(squares) / rows - mean * mean;
        return variance > 0 ? variance : 1;
      });
      const writer = new CanonicalWriter();
      writeModelHeader(writer, modelHeader(nearestCentroid, problem, 0));
      return writer.f64s(centroids).f64s(spread).finish();
    }),

  decode: (bytes) =>
    asModelError((): Predictor => {
      const reader = new CanonicalReader(bytes);
      const header = readModelHeader(reader);
      if (header.learner !== 'nearest-centroid') {
        throw new ModelError(`model of "${header.learner}" given to "nearest-centroid"`);
      }
      const columns = header.features.filter(({ kind }) => kind === 'number');
      const centroids = reader.f64s();
      const spread = reader.f64s();
      reader.end();
      const classes = header.classes.length;
      if (spread.length !== columns.length || centroids.length !== classes * columns.length) {
        throw new ModelError('the centroids do not fit the columns');
      }
      return { predict: (frame) => nearness(frame, columns, classes, centroids, spread) };
    }),
});

function numbersOf(problem: Problem): ColumnSchema[] {
  return problem.features.filter(({ kind }) => kind === 'number');
}

function valuesIn(frame: Frame, { name }: ColumnSchema): ArrayLike<number> {
  const column = frame.columns.get(name);
  if (column?.kind !== 'number') throw new LearnerError(`column "${name}" holds no numbers`);
  return column.values;
}

function codesIn(frame: Frame, { name }: ColumnSchema): Int32Array {
  const column = frame.columns.get(name);
  if (column === undefined || !('codes' in column)) {
    throw new LearnerError(`target "${name}" holds no classes`);
  }
  return column.codes;
}

/** The tables of all parts, added in task order: the order is what makes the sum one number. */
function addParts(
  parts: readonly Uint8Array[],
  tasks: number,
  size: number,
): [Float64Array, Float64Array, Float64Array] {
  if (parts.length !== tasks) throw new ModelError(`${parts.length} parts, ${tasks} expected`);
  const tables = [new Float64Array(size), new Float64Array(size), new Float64Array(size)] as const;
  parts.forEach((part, task) => {
    const reader = new CanonicalReader(part);
    const from = reader.uint();
    if (from !== task) throw new ModelError(`part ${task} comes from task ${from}`);
    for (const table of tables) {
      const addends = reader.f64s(size);
      if (addends.length !== size) throw new ModelError(`part ${task} is of another problem`);
      addends.forEach((value, at) => {
        table[at]! += value;
      });
    }
    reader.end();
  });
  return [...tables];
}

/** Shares of 1, by the inverse of the squared distance; a missing value counts for no class. */
function nearness(
  frame: Frame,
  columns: readonly ColumnSchema[],
  classes: number,
  centroids: Float64Array,
  spread: Float64Array,
): Float64Array {
  const numbers = columns.map((column) => valuesIn(frame, column));
  const out = new Float64Array(frame.rows * classes);
  for (let row = 0; row < frame.rows; row++) {
    let total = 0;
    for (let c = 0; c < classes; c++) {
      let distance = 1e-9;
      for (let f = 0; f < columns.length; f++) {
        const off = numbers[f]![row]! - centroids[c * columns.length + f]!;
        if (!Number.isNaN(off)) distance += (off * off) / spread[f]!;
      }
      out[row * classes + c] = 1 / distance;
      total += 1 / distance;
    }
    for (let c = 0; c < classes; c++) out[row * classes + c]! /= total;
  }
  return out;
}
