/**
 * Which rows of a data set a fit trains on, or is scored on.
 *
 * The choice depends on (seed, global row index) alone, so it is the same on every node, for any
 * sharding, and can be made shard by shard without communication.
 */
import type { RowSplit } from '../schemas/job-plan.ts';
import { hashRow } from './row-hash.ts';

export type { RowSplit };

/** Whether the row with this global index belongs to the split. */
export function inSplit(split: RowSplit, row: number): boolean {
  switch (split.kind) {
    case 'all':
      return true;
    case 'holdout':
      return hashRow(split.seed, row) < split.fraction * 2 ** 32 === (split.part === 'test');
    case 'fold':
      return (hashRow(split.seed, row) % split.folds === split.fold) === (split.part === 'test');
  }
}

/** Positions, within a run of rows that starts at `firstRow`, of the rows in the split. */
export function splitRows(split: RowSplit, firstRow: number, rows: number): Int32Array {
  const picked = new Int32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (inSplit(split, firstRow + i)) picked[count++] = i;
  }
  return picked.subarray(0, count);
}
