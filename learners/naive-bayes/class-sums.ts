/**
 * What naive Bayes counts: rows of each class, levels within each class, moments of the numbers.
 *
 * All of it lies in one array of Float64 numbers. Law: counts are added and are exact whole numbers;
 * moments are joined by `combineMoments` along the tree. The sum over all slices is the state.
 */
import type { DesignLayout } from '../encoding/design-layout.ts';
import { combineMoments, measureMoments, momentsLength } from '../encoding/moments.ts';
import type { TargetRows } from '../encoding/training-rows.ts';
import { LearnerError } from '../errors.ts';

export interface ClassSums {
  readonly bytes: Uint8Array;
  /** Rows of each class. */
  readonly rows: Float64Array;
  /** `classes x columns of levels`: rows of the class in which the level is set. */
  readonly levels: Float64Array;
  /** Moments of `classes x numbers` cells. */
  readonly moments: Float64Array;
}

/** Columns of the design that are levels. */
export const levelWidth = (layout: DesignLayout): number => layout.width - layout.numbers.length;

export function sumsBytes(layout: DesignLayout, classes: number): number {
  const cells = classes * layout.numbers.length;
  return 8 * (classes * (1 + levelWidth(layout)) + momentsLength(cells));
}

/** A view; bytes that are not aligned are copied. */
export function readSums(layout: DesignLayout, classes: number, bytes: Uint8Array): ClassSums {
  const expected = sumsBytes(layout, classes);
  if (bytes.length !== expected) {
    throw new LearnerError(`sums have ${bytes.length} bytes, this problem's have ${expected}`);
  }
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const floats = new Float64Array(aligned.buffer, aligned.byteOffset, expected / 8);
  const levels = classes * (1 + levelWidth(layout));
  return {
    bytes: aligned,
    rows: floats.subarray(0, classes),
    levels: floats.subarray(classes, levels),
    moments: floats.subarray(levels),
  };
}

export function emptySums(layout: DesignLayout, classes: number): ClassSums {
  return readSums(layout, classes, new Uint8Array(sumsBytes(layout, classes)));
}

export function sumClasses(
  layout: DesignLayout,
  classes: number,
  { design, targets }: TargetRows,
): ClassSums {
  const sums = emptySums(layout, classes);
  const labels = Int32Array.from(targets);
  const { codes } = layout;
  const width = levelWidth(layout);
  for (let row = 0, at = 0; row < labels.length; row++) {
    const label = labels[row]!;
    sums.rows[label]!++;
    for (let c = 0; c < codes; c++, at++) {
      const column = design.codes[at]!;
      if (column < layout.width) sums.levels[label * width + column - layout.numbers.length]!++;
    }
  }
  measureMoments(design.numbers, layout.numbers.length, labels, sums.moments);
  return sums;
}

export function combineClassSums(
  layout: DesignLayout,
  classes: number,
  left: Uint8Array,
  right: Uint8Array,
): Uint8Array {
  const a = readSums(layout, classes, left);
  const b = readSums(layout, classes, right);
  const out = emptySums(layout, classes);
  for (let i = 0; i < out.rows.length; i++) out.rows[i] = a.rows[i]! + b.rows[i]!;
  for (let i = 0; i < out.levels.length; i++) out.levels[i] = a.levels[i]! + b.levels[i]!;
  combineMoments(a.moments, b.moments, out.moments);
  return out.bytes;
}
