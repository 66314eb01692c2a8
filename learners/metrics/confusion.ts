/**
 * Scores that follow from a confusion matrix alone: `confusion[t][p]` rows of true class t that were
 * predicted as p. Whole numbers until the last division, so no order of rows can change them.
 */

export type Confusion = readonly (readonly number[])[];

export interface ConfusionScores {
  /** F1 of the second class when there are two, else the plain mean as `f1Macro`. */
  readonly f1: number | null;
  /** Plain mean of F1 over the classes that are present or predicted. */
  readonly f1Macro: number | null;
  /** Mean of F1 over the classes, weighted by their rows. */
  readonly f1Weighted: number | null;
  /** Plain mean of the recall of the classes that are present. */
  readonly balancedAccuracy: number | null;
}

export function confusionScores(confusion: Confusion): ConfusionScores {
  const classes = confusion.length;
  const actual = new Float64Array(classes);
  const guessed = new Float64Array(classes);
  for (let t = 0; t < classes; t++) {
    for (let p = 0; p < classes; p++) {
      const count = confusion[t]![p]!;
      actual[t]! += count;
      guessed[p]! += count;
    }
  }
  let rows = 0;
  let f1s = 0;
  let seen = 0;
  let weighted = 0;
  let recalls = 0;
  let present = 0;
  const f1Of = (c: number) => (2 * confusion[c]![c]!) / (actual[c]! + guessed[c]!);
  for (let c = 0; c < classes; c++) {
    if (actual[c]! + guessed[c]! === 0) continue;
    f1s += f1Of(c);
    seen++;
    if (actual[c] === 0) continue;
    rows += actual[c]!;
    weighted += f1Of(c) * actual[c]!;
    recalls += confusion[c]![c]! / actual[c]!;
    present++;
  }
  const f1Macro = seen === 0 ? null : f1s / seen;
  const second = classes === 2 && actual[1]! + guessed[1]! > 0 ? f1Of(1) : null;
  return {
    f1: classes === 2 ? second : f1Macro,
    f1Macro,
    f1Weighted: rows === 0 ? null : weighted / rows,
    balancedAccuracy: present === 0 ? null : recalls / present,
  };
}
