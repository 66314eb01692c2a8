/**
 * How the features of a problem become the columns of a design matrix.
 *
 * A number takes one column; a category or boolean takes one column for each of its levels, of which
 * a row has at most one set; if asked for, each number takes a further column that says that it is
 * missing. The order follows from the features alone: numbers, levels, indicators. Knows no values.
 */
import type { ColumnSchema } from '../../datasets/frame.ts';
import { LearnerError } from '../errors.ts';

export interface LevelColumns {
  readonly name: string;
  /** Design column of the first level. */
  readonly from: number;
  readonly levels: number;
}

export interface DesignLayout {
  /** Names of the number features; number i is design column i. */
  readonly numbers: readonly string[];
  readonly levels: readonly LevelColumns[];
  /** Design column of the first indicator of a missing number; -1 without indicators. */
  readonly indicators: number;
  /** Set columns that a row lists at most: one a level feature, one a number with an indicator. */
  readonly codes: number;
  /** Columns in all. The index `width` stands for "no column" in lists of set columns. */
  readonly width: number;
}

/** Most columns of a design; weights are kept for each of them. */
export const widthMax = 2 ** 20;

/** @throws LearnerError for features that have no place in a design */
export function designLayout(
  features: readonly ColumnSchema[],
  missingIndicator = false,
): DesignLayout {
  if (features.length === 0) throw new LearnerError('no features given, at least 1 is needed');
  const numbers = features.filter(({ kind }) => kind === 'number').map(({ name }) => name);
  const levels: LevelColumns[] = [];
  let width = numbers.length;
  for (const { name, kind, levels: named } of features) {
    if (kind === 'text') {
      throw new LearnerError(
        `feature "${name}" is free text, which has no columns; leave it out or import it as a category`,
      );
    }
    if (kind === 'number') continue;
    levels.push({ name, from: width, levels: named?.length ?? 0 });
    width += named?.length ?? 0;
  }
  const indicators = missingIndicator && numbers.length > 0 ? width : -1;
  if (indicators >= 0) width += numbers.length;
  if (width > widthMax) {
    throw new LearnerError(
      `the features take ${width} columns, at most ${widthMax} are possible; leave out categories with many levels`,
    );
  }
  const codes = levels.length + (indicators >= 0 ? numbers.length : 0);
  return { numbers, levels, indicators, codes, width };
}
