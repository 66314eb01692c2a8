/**
 * The ratings of a slice, grouped by user and by item, in shared memory.
 *
 * Within a group they stand in the order of the rows. Rows without a user, an item or a rating are
 * left out. Knows no factors.
 */
import type { Frame } from '../../datasets/frame.ts';
import { numbersOf } from '../../datasets/quantile-bins.ts';
import { splitRows } from '../../datasets/row-split.ts';
import { columnOf } from '../encoding/design-rows.ts';
import { LearnerError } from '../errors.ts';
import type { Problem, Progress, RowSource } from '../learner.ts';
import type { Shape } from './factor-params.ts';

/** Ratings of one side's levels. */
export interface Ratings {
  /** Levels that have ratings here, ascending. */
  readonly levels: Int32Array;
  /** `levels + 1` places: ratings of level i stand from `starts[i]` to before `starts[i + 1]`. */
  readonly starts: Int32Array;
  /** Level of the other side. */
  readonly others: Int32Array;
  readonly values: Float64Array;
}

export interface RatingRows {
  readonly rows: number;
  readonly byUser: Ratings;
  readonly byItem: Ratings;
}

/** Bytes that a rating takes at most: in a group of its own on both sides, and while it is read. */
export const ratingBytes = 2 * (4 + 8 + 4 + 4) + 3 * 8;

export function ratingRows(
  problem: Problem,
  shape: Shape,
  source: RowSource,
  progress: Progress,
): RatingRows {
  const users: number[] = [];
  const items: number[] = [];
  const values: number[] = [];
  for (const frame of source.frames()) {
    const user = codesOf(frame, shape.user.name);
    const item = codesOf(frame, shape.item.name);
    const rating = targetOf(problem, frame);
    for (const i of splitRows(source.split, frame.firstRow, frame.rows)) {
      if (!isLevel(user[i]!, shape.users) || !isLevel(item[i]!, shape.items)) continue;
      if (Number.isNaN(rating[i]!)) continue;
      users.push(user[i]!);
      items.push(item[i]!);
      values.push(rating[i]!);
    }
    progress(Math.min(frame.firstRow + frame.rows, problem.rows), problem.rows);
  }
  const byUser = group(users, items, values, shape.users);
  const byItem = group(items, users, values, shape.items);
  return { rows: values.length, byUser, byItem };
}

function isLevel(code: number, levels: number): boolean {
  return code >= 0 && code < levels;
}

/** Level codes of a column that must be there. */
export function codesOf(frame: Frame, name: string): Int32Array {
  const column = columnOf(frame, name);
  if (column.kind === 'category' || column.kind === 'boolean') return column.codes;
  throw new LearnerError(`column "${name}" is a ${column.kind}, a category is needed`);
}

function targetOf(problem: Problem, frame: Frame): ArrayLike<number> {
  const column = columnOf(frame, problem.target.name);
  if (column.kind === 'number') return numbersOf(column);
  throw new LearnerError(`target "${problem.target.name}" is a ${column.kind}, not a number`);
}

/** A counting sort, which keeps the order of rows within a level. */
function group(
  own: readonly number[],
  others: readonly number[],
  values: readonly number[],
  levels: number,
): Ratings {
  const counts = new Int32Array(levels);
  for (const level of own) counts[level]!++;
  const present = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const out = {
    levels: new Int32Array(new SharedArrayBuffer(4 * present)),
    starts: new Int32Array(new SharedArrayBuffer(4 * (present + 1))),
    others: new Int32Array(new SharedArrayBuffer(4 * own.length)),
    values: new Float64Array(new SharedArrayBuffer(8 * own.length)),
  };
  const next = new Int32Array(levels);
  for (let level = 0, at = 0, place = 0; level < levels; level++) {
    if (counts[level] === 0) continue;
    out.levels[at] = level;
    next[level] = place;
    place += counts[level]!;
    out.starts[++at] = place;
  }
  own.forEach((level, i) => {
    const to = next[level]!++;
    out.others[to] = others[i]!;
    out.values[to] = values[i]!;
  });
  return out;
}
