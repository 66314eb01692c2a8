/**
 * Scores the rows of one shard that a fit is to be measured on.
 */
import type { Column, Frame } from '../../datasets/frame.ts';
import { inSplit, type RowSplit } from '../../datasets/row-split.ts';
import type { Predictor, Problem } from '../../learners/learner.ts';
import { encodeScoredRows } from '../../learners/predictions.ts';
import { TerminalError } from '../../schemas/errors.ts';

/** Canonical bytes of the scored rows; a row without a target is left out. */
export function scoreFrame(
  problem: Problem,
  predictor: Predictor,
  frame: Frame,
  split: RowSplit,
): Uint8Array {
  const target = targetOf(problem, frame);
  const rows: number[] = [];
  for (let i = 0; i < frame.rows; i++) {
    const known = problem.kind === 'classification' ? target[i]! >= 0 : !Number.isNaN(target[i]);
    if (known && inSplit(split, frame.firstRow + i)) rows.push(i);
  }
  const picked = Int32Array.from(rows);
  const predictions =
    picked.length === 0 ? new Float64Array(0) : predictor.predict(pickRows(frame, picked));
  return encodeScoredRows({
    kind: problem.kind,
    classes: problem.classes,
    targets: Float64Array.from(picked, (row) => target[row]!),
    predictions,
  });
}

function targetOf(problem: Problem, frame: Frame): Int32Array | Float64Array | Float32Array {
  const column = frame.columns.get(problem.target.name);
  if (column?.kind === 'number') return column.values;
  if (column?.kind === 'category' || column?.kind === 'boolean') return column.codes;
  throw new TerminalError('bad-target', `target "${problem.target.name}" is not in the frame`);
}

/** The given rows of a frame, as a frame; `firstRow` is that of the whole. */
function pickRows(frame: Frame, rows: Int32Array): Frame {
  const columns = new Map<string, Column>();
  for (const [name, column] of frame.columns) {
    if (column.kind === 'number') {
      const values = new Float64Array(rows.length);
      for (let i = 0; i < rows.length; i++) values[i] = column.values[rows[i]!]!;
      columns.set(name, { kind: 'number', values });
    } else if (column.kind !== 'text') {
      const codes = new Int32Array(rows.length);
      for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i]!]!;
      columns.set(name, { kind: column.kind, codes });
    }
  }
  return { rows: rows.length, firstRow: frame.firstRow, columns };
}
