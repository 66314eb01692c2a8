/**
 * A learner that learns nothing: exact sums, for tests and overhead measurements of the runtime.
 *
 * Task i sums the row hashes, weighted by its own index, of all rows that it may read, does a
 * settable amount of busy work, and can be told to fail or to end its process. The model's digest
 * depends on data, seed and parameters only, so it shows a lost, doubled or swapped task.
 */
import { hashRow } from '../datasets/row-hash.ts';
import { splitRows } from '../datasets/row-split.ts';
import { CanonicalReader, CanonicalWriter } from '../schemas/canonical.ts';
import { LearnerError, ModelError, ProcessExitRequest } from './errors.ts';
import type { Learner, Predictor, Problem } from './learner.ts';
import { asModelError, modelHeader, readModelHeader, writeModelHeader } from './model.ts';
import { mix32 } from './random.ts';

export type ToyParams = {
  tasks: number;
  spin: number;
  fail: 'never' | 'error' | 'exit';
  failTask: number;
};

interface ToyPrepared {
  /** Sum of the hashes of the rows in the split, modulo 2^32. */
  readonly sum: number;
  readonly rows: number;
}

const SPINS_A_REPORT = 1 << 16;

export const toyLearner: Learner<ToyParams, ToyPrepared> = {
  name: 'toy-sum',
  summary: 'exact sums for tests of the runtime; learns nothing',
  kinds: ['classification', 'regression'],
  numerics: 1,
  params: {
    tasks: { type: 'integer', min: 1, max: 100_000, default: 40, about: 'number of tasks' },
    spin: { type: 'integer', min: 0, max: 1e12, default: 0, about: 'busy steps of each task' },
    fail: {
      type: 'choice',
      of: ['never', 'error', 'exit'],
      default: 'never',
      about: 'what task failTask does each time: nothing special, throw, or end its process',
    },
    failTask: { type: 'integer', min: 0, max: 100_000, default: 0, about: 'the task that fails' },
  },
  taskCount: (_problem, params) => params.tasks,
  memoryBytes: () => 2 ** 20,

  prepare(problem, _params, source, progress) {
    let sum = 0;
    let rows = 0;
    for (const frame of source.frames()) {
      for (const i of splitRows(source.split, frame.firstRow, frame.rows)) {
        sum = (sum + hashRow(problem.seed, frame.firstRow + i)) >>> 0;
        rows++;
      }
      progress(frame.firstRow + frame.rows, problem.rows);
    }
    return { sum, rows };
  },

  train(problem, params, prepared, task, progress) {
    progress(0, params.spin);
    if (task === params.failTask && params.fail === 'error') {
      throw new LearnerError(`task ${task} fails because params.fail is "error"`);
    }
    if (task === params.failTask && params.fail === 'exit') throw new ProcessExitRequest(134);
    let state = mix32(problem.seed ^ prepared.sum);
    for (let i = 0; i < params.spin; i++) {
      state = mix32(state + i);
      if (i % SPINS_A_REPORT === 0) progress(i, params.spin);
    }
    progress(params.spin, params.spin);
    const share = Math.imul(prepared.sum, task + 1) >>> 0;
    return new CanonicalWriter().uint(task).uint(share).uint(prepared.rows).uint(state).finish();
  },

  merge: (problem, params, parts) => asModelError(() => mergeToy(problem, params, parts)),

  decode: (bytes) => asModelError(() => decodeToy(bytes)),
};

function mergeToy(problem: Problem, params: ToyParams, parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length !== params.tasks) {
    throw new ModelError(`${parts.length} parts, ${params.tasks} expected`);
  }
  let sum = 0;
  let rows = 0;
  parts.forEach((part, task) => {
    const reader = new CanonicalReader(part);
    const found = reader.uint();
    if (found !== task) throw new ModelError(`part ${task} comes from task ${found}`);
    sum += reader.uint();
    rows += reader.uint();
    sum += reader.uint();
    reader.end();
  });
  const writer = new CanonicalWriter();
  writeModelHeader(writer, modelHeader(toyLearner, problem, 0));
  return writer.uint(sum).uint(rows).finish();
}

/** Predicts the first class, or the mean of the sums, for every row. */
function decodeToy(bytes: Uint8Array): Predictor {
  const reader = new CanonicalReader(bytes);
  const header = readModelHeader(reader);
  if (header.learner !== toyLearner.name) {
    throw new ModelError(`model of "${header.learner}" given to "${toyLearner.name}"`);
  }
  const sum = reader.uint();
  const rows = reader.uint();
  reader.end();
  const classes = header.classes.length;
  return {
    predict(frame) {
      if (header.kind === 'regression') return new Float64Array(frame.rows).fill(sum / (rows || 1));
      const out = new Float64Array(frame.rows * classes);
      for (let row = 0; row < frame.rows; row++) out[row * classes] = 1;
      return out;
    },
  };
}

/** A problem with nothing to learn, for runs of the toy that have no data set behind them. */
export function toyProblem(seed: number, rows: number): Problem {
  const target = { name: 'target', kind: 'number' as const };
  return { kind: 'regression', features: [], target, classes: [], rows, seed };
}
