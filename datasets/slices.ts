/**
 * Slices: the unit that a node holds while a job trains in rounds.
 *
 * Every shard is cut into the same number of slices, so that a data set of one shard can be held by
 * many nodes and computed on by many threads. The cut follows from the data set alone, never from
 * workers; slice `i` of `n` covers rows of shard floor(i / slicesPerShard) only.
 */
import { type ShardSpan, shardStart } from './shard-plan.ts';

/** Slices that a data set of few shards is cut into at least, rows permitting. */
const slicesAim = 16;
/** Below this many rows a slice, messages would cost more than the rows. */
const rowsPerSliceMin = 256;

/** How many slices each shard is cut into. */
export function slicesPerShard(rows: number, shards: number): number {
  const wanted = Math.ceil(slicesAim / shards);
  const most = Math.floor(rows / shards / rowsPerSliceMin);
  return Math.max(1, Math.min(wanted, most));
}

/** Rows of slice `slice` within the data set. @param shards the spans of all shards, in order */
export function sliceSpan(shards: readonly ShardSpan[], perShard: number, slice: number) {
  const shard = shards[Math.floor(slice / perShard)];
  if (shard === undefined) throw new RangeError(`the data set has no slice ${slice}`);
  const part = slice % perShard;
  const from = shardStart(shard.rows, perShard, part);
  const to = shardStart(shard.rows, perShard, part + 1);
  return { shard: shard.index, firstRow: shard.firstRow + from, rows: to - from };
}
