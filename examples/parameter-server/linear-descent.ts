/**
 * A parameter server in one file: linear regression by gradient descent, on columns of numbers.
 *
 * Parameters `W` and `b` open a round, each slice of the rows pushes sums of its gradients, the sum
 * of all slices is applied once. All of it travels as named tensors, and a contribution is made with
 * plain + - * in the order of the rows, so a worker in any language with IEEE 754 doubles gives the
 * same bits: `worker.py` beside this file is one. Columns should be of about the same size.
 */
import {
  asModelError,
  CanonicalReader,
  CanonicalWriter,
  type Closed,
  type ColumnSchema,
  defineLearner,
  doublesOf,
  type Frame,
  type HeldSlice,
  LearnerError,
  ModelError,
  modelHeader,
  type Predictor,
  type Problem,
  type Progress,
  type RowSource,
  readModelHeader,
  readTensors,
  splitRows,
  writeModelHeader,
  writeTensors,
} from '../../index.ts';

/** An alias, not an interface: parameters are plain data with known keys. */
type Params = { rounds: number; rate: number; tolerance: number };

/** The rows of a slice that count and have a target, row-major, in memory that threads share. */
interface Prepared {
  readonly values: Float64Array;
  readonly targets: Float64Array;
  readonly rows: number;
}

/** A loss that only a rate too large can reach. */
const lossMax = 1e100;

export const linearDescent = defineLearner<Params, Prepared, null>({
  stage: 'rounds',
  name: 'linear-descent',
  summary: 'linear regression by gradient descent, on columns of numbers of about the same size',
  kinds: ['regression'],
  modes: ['sync'],
  numerics: 1,
  params: {
    rounds: { type: 'integer', min: 1, max: 1_000_000, default: 100, about: 'rounds at most' },
    rate: { type: 'number', min: 1e-12, max: 1e12, default: 0.1, about: 'size of a step' },
    tolerance: {
      type: 'number',
      min: 0,
      max: 1e12,
      default: 1e-9,
      about: 'ends when no parameter changes by more',
    },
  },
  memoryBytes: (problem, _params, slots) =>
    2 ** 16 + (slots + 2) * 16 * (problem.features.length + 2),
  sliceBytes: (problem, _params, rows) => 8 * rows * (problem.features.length + 1),
  prepare,

  begin(problem) {
    const width = numbersOf(problem).length;
    if (width < problem.features.length) {
      throw new LearnerError('linear-descent needs numbers: name its columns in features.include');
    }
    return parameters(new Float64Array(width), 0);
  },

  contribute,

  /** Law: sums of doubles, element by element, the left one first. */
  combine(_problem, _params, left, right) {
    const a = readTensors(left);
    const b = readTensors(right);
    return writeTensors(
      [...a.values()].map(({ name, shape }) => {
        const more = doublesOf(b, name, shape);
        return { name, shape, data: doublesOf(a, name, shape).map((value, i) => value + more[i]!) };
      }),
    );
  },

  close,

  finish(problem, _params, state) {
    const writer = new CanonicalWriter();
    writeModelHeader(writer, modelHeader(linearDescent, problem, 0));
    const { weights, bias } = parametersIn(state, problem.features.length);
    return writer.f64s(weights).float(bias).finish();
  },

  decode: (bytes) =>
    asModelError((): Predictor => {
      const reader = new CanonicalReader(bytes);
      const header = readModelHeader(reader);
      if (header.learner !== 'linear-descent') {
        throw new ModelError(`model of "${header.learner}" given to "linear-descent"`);
      }
      const weights = reader.f64s();
      const bias = reader.float();
      reader.end();
      if (weights.length !== header.features.length) {
        throw new ModelError(`${weights.length} weights for ${header.features.length} columns`);
      }
      return { predict: (frame) => predictions(frame, header.features, weights, bias) };
    }),
});

function prepare(
  problem: Problem,
  _params: Params,
  source: RowSource,
  progress: Progress,
): Prepared {
  const columns = [...numbersOf(problem), problem.target];
  const found: number[] = [];
  for (const frame of source.frames()) {
    const numbers = columns.map((column) => valuesIn(frame, column));
    for (const i of splitRows(source.split, frame.firstRow, frame.rows)) {
      if (Number.isNaN(numbers.at(-1)![i]!)) continue;
      for (const column of numbers) found.push(orZero(column[i]!));
    }
    progress(frame.firstRow + frame.rows, problem.rows);
  }
  const width = columns.length - 1;
  const rows = found.length / columns.length;
  const values = new Float64Array(new SharedArrayBuffer(8 * rows * width));
  const targets = new Float64Array(new SharedArrayBuffer(8 * rows));
  for (let row = 0; row < rows; row++) {
    const at = row * columns.length;
    for (let f = 0; f < width; f++) values[row * width + f] = found[at + f]!;
    targets[row] = found[at + width]!;
  }
  return { values, targets, rows };
}

/** Sums over the slice's rows: gradients of half the squared error, squared error, rows. */
function contribute(
  problem: Problem,
  _params: Params,
  state: Uint8Array,
  { prepared }: HeldSlice<Prepared, null>,
  _at: unknown,
  progress: Progress,
): Uint8Array {
  const { values, targets, rows } = prepared;
  const width = problem.features.length;
  const { weights, bias } = parametersIn(state, width);
  const slopes = new Float64Array(width);
  let slope = 0;
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    let predicted = bias;
    for (let f = 0; f < width; f++) predicted += weights[f]! * values[row * width + f]!;
    const error = predicted - targets[row]!;
    for (let f = 0; f < width; f++) slopes[f]! += error * values[row * width + f]!;
    slope += error;
    loss += error * error;
  }
  progress(rows, rows);
  return writeTensors([
    { name: 'W', shape: [width], data: slopes },
    { name: 'b', shape: [], data: Float64Array.of(slope) },
    { name: 'loss', shape: [], data: Float64Array.of(loss) },
    { name: 'rows', shape: [], data: Float64Array.of(rows) },
  ]);
}

function close(
  problem: Problem,
  params: Params,
  state: Uint8Array,
  sum: Uint8Array,
  round: number,
): Closed {
  const width = problem.features.length;
  const { weights, bias } = parametersIn(state, width);
  const sums = readTensors(sum);
  const slopes = doublesOf(sums, 'W', [width]);
  const slope = doublesOf(sums, 'b', [])[0]!;
  const rows = doublesOf(sums, 'rows', [])[0]!;
  if (rows === 0) throw new LearnerError('no row has a target');
  const loss = doublesOf(sums, 'loss', [])[0]! / rows;
  if (!(loss < lossMax)) {
    throw new LearnerError(`the loss grew to ${loss} in round ${round}: lower params.rate`);
  }
  const step = params.rate / rows;
  const next = weights.map((weight, f) => weight - step * slopes[f]!);
  const nextBias = bias - step * slope;
  const changes = [...next.map((weight, f) => weight - weights[f]!), nextBias - bias];
  const change = changes.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const last = round + 1 >= params.rounds;
  return {
    state: parameters(next, nextBias),
    ended: change <= params.tolerance ? 'converged' : last ? 'rounds' : null,
    metrics: { loss, change },
  };
}

function parameters(weights: Float64Array, bias: number): Uint8Array {
  return writeTensors([
    { name: 'W', shape: [weights.length], data: weights },
    { name: 'b', shape: [], data: Float64Array.of(bias) },
  ]);
}

function parametersIn(state: Uint8Array, width: number): { weights: Float64Array; bias: number } {
  const tensors = readTensors(state);
  return { weights: doublesOf(tensors, 'W', [width]), bias: doublesOf(tensors, 'b', [])[0]! };
}

function numbersOf({ features }: Problem): ColumnSchema[] {
  return features.filter(({ kind }) => kind === 'number');
}

function valuesIn(frame: Frame, { name }: ColumnSchema): ArrayLike<number> {
  const column = frame.columns.get(name);
  if (column?.kind !== 'number') throw new LearnerError(`column "${name}" holds no numbers`);
  return column.values;
}

/** A value that is missing counts as zero. */
function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function predictions(
  frame: Frame,
  columns: readonly ColumnSchema[],
  weights: Float64Array,
  bias: number,
): Float64Array {
  const out = new Float64Array(frame.rows).fill(bias);
  columns.forEach((column, f) => {
    const values = valuesIn(frame, column);
    for (let row = 0; row < frame.rows; row++) out[row]! += weights[f]! * orZero(values[row]!);
  });
  return out;
}
