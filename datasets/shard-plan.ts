/**
 * The rule that cuts a data set into shards: contiguous runs of rows, as even as whole rows allow.
 *
 * Shard `i` of `n` holds the rows from floor(i * rows / n) up to floor((i + 1) * rows / n), so the
 * shards are disjoint, their union is the data set, and sizes differ by one row at most. The
 * number of shards follows from the data alone (rows and bytes a row), never from workers.
 */
import { limits } from '../schemas/limits.ts';
import { DataError } from './data-error.ts';
import type { ColumnSchema } from './frame.ts';

/** Bytes of columns that a shard aims at. */
export const shardBytesTarget = 16 * 1024 * 1024;
/** More shards than this make shards larger instead. */
const shardsAimMax = 4096;
/** Below this many rows a shard, one row of difference would count as skew. */
const rowsPerShardMin = 64;

export interface ShardSpan {
  readonly index: number;
  readonly firstRow: number;
  readonly rows: number;
}

/** Number of shards; `rowsPerShard`, when given, is the most rows that one may hold. */
export function shardCount(rows: number, bytesPerRow: number, rowsPerShard?: number): number {
  if (rows <= 0) return 0;
  if (rowsPerShard !== undefined) {
    if (!Number.isSafeInteger(rowsPerShard) || rowsPerShard < 1) {
      throw new DataError(
        'data-option',
        `rowsPerShard is "${rowsPerShard}"`,
        'give a whole number of at least 1',
      );
    }
    const count = Math.ceil(rows / rowsPerShard);
    if (count > limits.shardsMax) {
      throw new DataError(
        'data-option',
        `${rowsPerShard} rows a shard would make ${count} shards, the most is ${limits.shardsMax}`,
        `give at least ${Math.ceil(rows / limits.shardsMax)} rows a shard`,
      );
    }
    return count;
  }
  const wanted = Math.ceil((rows * bytesPerRow) / shardBytesTarget);
  const most = Math.min(shardsAimMax, Math.floor(rows / rowsPerShardMin));
  return Math.max(1, Math.min(wanted, most));
}

/** First row of shard `index` of `count`; `index === count` gives the number of rows. */
export function shardStart(rows: number, count: number, index: number): number {
  // Products stay exact: rows < 2^36 by far, count <= 2^16.
  return Math.floor((index * rows) / count);
}

/** The shards of a data set in order. */
export function shardSpans(rows: number, count: number): ShardSpan[] {
  return Array.from({ length: count }, (_, index) => {
    const firstRow = shardStart(rows, count, index);
    return { index, firstRow, rows: shardStart(rows, count, index + 1) - firstRow };
  });
}

/** Mean bytes of a row in columns; text counts by its mean length. */
export function bytesPerRow(
  columns: readonly (ColumnSchema & { readonly stats?: { readonly bytes?: number } })[],
  rows: number,
): number {
  let bytes = 0;
  for (const column of columns) {
    if (column.kind === 'number') bytes += column.storage === 'float32' ? 4 : 8;
    else if (column.kind === 'text') bytes += 5 + (column.stats?.bytes ?? 0) / Math.max(1, rows);
    else bytes += 4;
  }
  return bytes;
}
