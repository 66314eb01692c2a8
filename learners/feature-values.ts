/**
 * The columns of a frame that a model reads, as numbers, in the order of its features.
 */
import type { Frame } from '../datasets/frame.ts';
import { numbersOf } from '../datasets/quantile-bins.ts';
import { LearnerError } from './errors.ts';
import type { ModelHeader } from './model.ts';

/** @throws LearnerError for a column that is missing, or of another kind than in training */
export function featureValues(header: ModelHeader, frame: Frame): (Float64Array | Float32Array)[] {
  return header.features.map((feature) => {
    const column = frame.columns.get(feature.name);
    if (!column) throw new LearnerError(`column "${feature.name}" is needed and not in the rows`);
    if ((column.kind === 'number') !== (feature.kind === 'number')) {
      throw new LearnerError(
        `column "${feature.name}" is a ${column.kind}, the model was trained on a ${feature.kind}`,
      );
    }
    return numbersOf(column);
  });
}
