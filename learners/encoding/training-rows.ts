/**
 * The rows of a slice that a learner trains on: a design matrix with its targets, in shared memory.
 *
 * Rows without a target are left out. A share of the rows, chosen by hash of (seed, row) and so the
 * same on every node, is held back to tell when training stops getting better.
 */
import type { Frame } from '../../datasets/frame.ts';
import { numbersOf } from '../../datasets/quantile-bins.ts';
import { hashRow } from '../../datasets/row-hash.ts';
import { splitRows } from '../../datasets/row-split.ts';
import { LearnerError } from '../errors.ts';
import type { Problem, Progress, RowSource } from '../learner.ts';
import { hash32 } from '../random.ts';
import type { DesignLayout } from './design-layout.ts';
import { allocateRows, columnOf, type DesignRows, writeRows } from './design-rows.ts';

/** Keys the choice of the rows that are held back. */
const HELD_BACK = 0x68656c64;

export interface TargetRows {
  readonly design: DesignRows;
  /** One a row: the class's index, or the number to predict. */
  readonly targets: Float64Array;
}

export interface TrainingRows {
  readonly train: TargetRows;
  /** Held back from training; empty when nothing is. */
  readonly validation: TargetRows;
}

/** @param heldBack share of the rows that is not trained on, from 0 to below 1 */
export function trainingRows(
  problem: Problem,
  layout: DesignLayout,
  heldBack: number,
  source: RowSource,
  progress: Progress,
): TrainingRows {
  const picks: { train: Int32Array; validation: Int32Array }[] = [];
  const seed = hash32(problem.seed, HELD_BACK);
  let trained = 0;
  let held = 0;
  for (const frame of source.frames()) {
    const known = knownRows(problem, source, frame);
    const isHeld = (row: number) =>
      heldBack > 0 && hashRow(seed, frame.firstRow + row) < heldBack * 2 ** 32;
    const pick = {
      train: known.filter((row) => !isHeld(row)),
      validation: known.filter((row) => isHeld(row)),
    };
    picks.push(pick);
    trained += pick.train.length;
    held += pick.validation.length;
    progress(0, problem.rows);
  }
  const train = allocate(layout, trained);
  const validation = allocate(layout, held);
  let [t, v, f] = [0, 0, 0];
  for (const frame of source.frames()) {
    const pick = picks[f++]!;
    write(problem, layout, frame, pick.train, train, t);
    write(problem, layout, frame, pick.validation, validation, v);
    t += pick.train.length;
    v += pick.validation.length;
    progress(t + v, problem.rows);
  }
  return { train, validation };
}

function allocate(layout: DesignLayout, rows: number): TargetRows {
  const targets = new Float64Array(new SharedArrayBuffer(rows * 8));
  return { design: allocateRows(layout, rows), targets };
}

function write(
  problem: Problem,
  layout: DesignLayout,
  frame: Frame,
  picked: Int32Array,
  out: TargetRows,
  at: number,
): void {
  const target = targetOf(problem, frame);
  writeRows(layout, frame, picked, out.design, at);
  for (let i = 0; i < picked.length; i++) out.targets[at + i] = target[picked[i]!]!;
}

/** Class codes, or numbers; negative or NaN where the target is missing. */
function targetOf(problem: Problem, frame: Frame): ArrayLike<number> {
  const column = columnOf(frame, problem.target.name);
  if (problem.kind === 'regression' && column.kind !== 'text') return numbersOf(column);
  if (column.kind === 'category' || column.kind === 'boolean') return column.codes;
  throw new LearnerError(
    `target "${problem.target.name}" is a ${column.kind} column, which cannot be learned here`,
  );
}

/** Positions in the frame of the rows that are in the split and have a target. */
function knownRows(problem: Problem, source: RowSource, frame: Frame): Int32Array {
  const target = targetOf(problem, frame);
  const { kind, classes } = problem;
  return splitRows(source.split, frame.firstRow, frame.rows).filter((row) => {
    const value = target[row]!;
    return kind === 'regression' ? !Number.isNaN(value) : value >= 0 && value < classes.length;
  });
}
