/**
 * Scores the rows of one shard that a fit is to be measured on.
 */
import type { Frame } from '../../datasets/frame.ts';
import { takeRows } from '../../datasets/frame-shape.ts';
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
    picked.length === 0 ? new Float64Array(0) : predictor.predict(takeRows(frame, picked));
  return encodeScoredRows({
    kind: problem.kind,
    classes: problem.classes,
    targets: Float64Array.from(picked, (row) => target[row]!),
    predictions,
    ...(predictor.figures === undefined ? {} : { figures: predictor.figures }),
  });
}

function targetOf(problem: Problem, frame: Frame): Int32Array | Float64Array | Float32Array {
  const column = frame.columns.get(problem.target.name);
  if (column?.kind === 'number') return column.values;
  if (column?.kind === 'category' || column?.kind === 'boolean') return column.codes;
  throw new TerminalError('bad-target', `target "${problem.target.name}" is not in the frame`);
}
