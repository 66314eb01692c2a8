/**
 * The rows of a slice as boosting reads them: columns of raw values, targets, weights and a key of
 * each row, in shared memory.
 *
 * Values stay raw until the bins of all slices are known. Rows without a target are left out, rows
 * that are held back stand behind the others. A row's key is a hash of seed and global row, so what
 * is drawn for it depends on no layout.
 */
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import { numbersOf } from '../../datasets/quantile-bins.ts';
import { hashRow } from '../../datasets/row-hash.ts';
import { splitRows } from '../../datasets/row-split.ts';
import { columnOf } from '../encoding/design-rows.ts';
import { LearnerError } from '../errors.ts';
import type { Progress, RowSource } from '../learner.ts';
import { hash32 } from '../random.ts';
import type { BoostingTask } from './boosting-task.ts';

/** Keys the hash of rows, and the choice of those held back. */
const ROW_KEY = 0x626f6f73;
const HELD_BACK = 0x68656c64;

export interface BoostedRows {
  /** Rows that are trained on; those held back follow, up to `rows`. */
  readonly trained: number;
  readonly rows: number;
  /** One a feature: numbers with NaN for missing, or level codes with -1 for missing. */
  readonly columns: readonly (Float64Array | Float32Array | Int32Array)[];
  /** Class code or number. */
  readonly targets: Float64Array;
  /** From 0 up; empty where every row weighs the same. */
  readonly weights: Float64Array;
  readonly keys: Uint32Array;
}

/** Bytes of a row in shared memory, bins and the holder's own state left out; an upper estimate. */
export function rawRowBytes({ features, weightColumn }: BoostingTask): number {
  const cells = features.reduce((sum, feature) => sum + cellBytes(feature), 0);
  return cells + 8 + (weightColumn === null ? 0 : 8) + 4;
}

export function boostedRows(
  task: BoostingTask,
  source: RowSource,
  progress: Progress,
): BoostedRows {
  const { problem, features, weightColumn } = task;
  const picks = [...source.frames()].map((frame) => pickRows(task, source, frame));
  const trained = picks.reduce((sum, pick) => sum + pick.trained.length, 0);
  const rows = picks.reduce((sum, pick) => sum + pick.heldBack.length, trained);
  const out: BoostedRows = {
    ...{ trained, rows },
    columns: features.map((feature) => allocate(feature, rows)),
    targets: new Float64Array(new SharedArrayBuffer(8 * rows)),
    weights: new Float64Array(new SharedArrayBuffer(weightColumn === null ? 0 : 8 * rows)),
    keys: new Uint32Array(new SharedArrayBuffer(4 * rows)),
  };
  let [t, h, f] = [0, trained, 0];
  for (const frame of source.frames()) {
    const pick = picks[f++]!;
    writeRows(task, frame, pick.trained, out, t);
    writeRows(task, frame, pick.heldBack, out, h);
    t += pick.trained.length;
    h += pick.heldBack.length;
    progress(frame.firstRow + frame.rows, problem.rows);
  }
  return out;
}

interface Pick {
  readonly trained: Int32Array;
  readonly heldBack: Int32Array;
}

/** Positions in the frame of the rows of the split that have a target. */
function pickRows({ problem, params }: BoostingTask, source: RowSource, frame: Frame): Pick {
  const target = targetOf(problem.target, problem.kind === 'regression', frame);
  const classes = problem.classes.length;
  const known = splitRows(source.split, frame.firstRow, frame.rows).filter((row) => {
    const value = target[row]!;
    return problem.kind === 'regression' ? !Number.isNaN(value) : value >= 0 && value < classes;
  });
  if (params.validation === 0) return { trained: known, heldBack: new Int32Array(0) };
  const seed = hash32(problem.seed, HELD_BACK);
  const limit = params.validation * 2 ** 32;
  const isHeld = (row: number) => hashRow(seed, frame.firstRow + row) < limit;
  return {
    trained: known.filter((row) => !isHeld(row)),
    heldBack: known.filter((row) => isHeld(row)),
  };
}

function writeRows(
  { problem, features, weightColumn }: BoostingTask,
  frame: Frame,
  picked: Int32Array,
  out: BoostedRows,
  at: number,
): void {
  features.forEach((feature, f) => {
    const values = rawOf(feature, columnOf(frame, feature.name));
    const to = out.columns[f]!;
    for (let i = 0; i < picked.length; i++) to[at + i] = values[picked[i]!]!;
  });
  const target = targetOf(problem.target, problem.kind === 'regression', frame);
  const weight = weightColumn === null ? null : weightsOf(frame, weightColumn);
  const seed = hash32(problem.seed, ROW_KEY);
  for (let i = 0; i < picked.length; i++) {
    const row = picked[i]!;
    out.targets[at + i] = checkedTarget(target[row]!, frame.firstRow + row, problem.target.name);
    out.keys[at + i] = hashRow(seed, frame.firstRow + row);
    if (weight !== null) out.weights[at + i] = checkedWeight(weight, row, frame, weightColumn!);
  }
}

function cellBytes({ kind, storage }: ColumnSchema): number {
  return kind === 'number' && storage !== 'float32' ? 8 : 4;
}

function allocate(feature: ColumnSchema, rows: number) {
  const memory = new SharedArrayBuffer(cellBytes(feature) * rows);
  if (feature.kind !== 'number') return new Int32Array(memory);
  return feature.storage === 'float32' ? new Float32Array(memory) : new Float64Array(memory);
}

function rawOf(feature: ColumnSchema, column: Column): Float64Array | Float32Array | Int32Array {
  if (feature.kind === 'number' && column.kind === 'number') return column.values;
  if (feature.kind !== 'number' && (column.kind === 'category' || column.kind === 'boolean')) {
    return column.codes;
  }
  throw new LearnerError(
    `column "${feature.name}" is a ${column.kind}, a ${feature.kind} is expected`,
  );
}

/** Class codes, or numbers; negative or NaN where the target is missing. */
function targetOf(target: ColumnSchema, regression: boolean, frame: Frame): ArrayLike<number> {
  const column = columnOf(frame, target.name);
  if (regression && column.kind !== 'text') return numbersOf(column);
  if (column.kind === 'category' || column.kind === 'boolean') return column.codes;
  throw new LearnerError(
    `target "${target.name}" is a ${column.kind} column, which cannot be learned here`,
  );
}

function weightsOf(frame: Frame, name: string): Float64Array | Float32Array {
  const column = columnOf(frame, name);
  if (column.kind === 'number') return column.values;
  throw new LearnerError(`weight "${name}" is a ${column.kind}, a number is needed`);
}

function checkedTarget(target: number, row: number, name: string): number {
  if (Number.isFinite(target)) return target;
  throw new LearnerError(
    `row ${row} has ${target} in target "${name}", must be finite; leave the row out or mend it`,
  );
}

function checkedWeight(
  weights: Float64Array | Float32Array,
  row: number,
  frame: Frame,
  name: string,
): number {
  const weight = weights[row]!;
  if (weight >= 0 && weight <= Number.MAX_VALUE) return weight;
  throw new LearnerError(
    `row ${frame.firstRow + row} has ${weight} in weight "${name}", must be 0 or more and finite`,
  );
}
