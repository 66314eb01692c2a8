/** The class that a row of probabilities speaks for: one rule for metrics and predictions. */

/** Index, from 0, of the largest of `classes` probabilities at `from`; the lowest of equals. */
export function mostProbable(probabilities: Float64Array, from: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (probabilities[from + c]! > probabilities[from + best]!) best = c;
  }
  return best;
}
