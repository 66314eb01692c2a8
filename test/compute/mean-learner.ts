/**
 * An algorithm in one file, as a user would write it: predicts the mean of the target.
 */

import { splitRows } from '../../datasets/row-split.ts';
import { defineLearner } from '../../learners/catalogue.ts';
import type { Predictor } from '../../learners/learner.ts';
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';

interface Sums {
  readonly sum: number;
  readonly rows: number;
}

export const meanLearner = defineLearner<Record<string, never>, Sums>({
  name: 'mean',
  summary: 'predicts the mean of the target',
  kinds: ['regression'],
  numerics: 3,
  params: {},
  taskCount: () => 1,
  memoryBytes: () => 1_000,
  prepare(problem, _params, source) {
    let sum = 0;
    let rows = 0;
    for (const frame of source.frames()) {
      const column = frame.columns.get(problem.target.name);
      if (column?.kind !== 'number') throw new Error('the target is no number');
      for (const row of splitRows(source.split, frame.firstRow, frame.rows)) {
        sum += column.values[row] as number;
        rows += 1;
      }
    }
    return { sum, rows };
  },
  train: (_problem, _params, { sum, rows }) => new CanonicalWriter().float(sum / rows).finish(),
  merge: (_problem, _params, parts) => parts[0] as Uint8Array,
  decode(bytes): Predictor {
    const mean = new CanonicalReader(bytes).float();
    return { predict: (frame) => new Float64Array(frame.rows).fill(mean) };
  },
});
