/**
 * A data set without some of its shards, as a data set of its own.
 *
 * What is left is counted anew, rows and shards, so that everything downstream works on a whole,
 * smaller data set and comes to what it would on one that never had those shards. Columns stay as
 * they are: levels, hence classes, belong to the data set as a whole, and so do its statistics.
 */
import { DataError } from './data-error.ts';
import { type Manifest, manifestDigest, type ShardEntry } from './manifest.ts';

/**
 * @param without numbers of the shards to leave out, as `manifest` counts them
 * @throws DataError `data-option` for a shard that there is not, or where none would be left
 */
export function withoutShards(manifest: Manifest, without: Iterable<number>): Manifest {
  const left = new Set(without);
  if (left.size === 0) return manifest;
  for (const shard of left) {
    if (manifest.shards[shard] !== undefined) continue;
    const most = manifest.shards.length - 1;
    throw option(manifest, `there is no shard ${shard}`, `the shards are 0 to ${most}`);
  }
  const shards: ShardEntry[] = [];
  let firstRow = 0;
  for (const entry of manifest.shards) {
    if (left.has(entry.index)) continue;
    shards.push({ ...entry, index: shards.length, firstRow });
    firstRow += entry.rows;
  }
  if (shards.length === 0) {
    const count = manifest.shards.length;
    throw option(manifest, `all ${count} shards are left out`, 'leave one in at least');
  }
  return {
    ...manifest,
    rows: firstRow,
    split: { rule: 'listed', shards: shards.length },
    shards,
    leftOut: {
      manifest: manifestDigest(manifest),
      rows: manifest.rows,
      shards: [...left].sort((a, b) => a - b),
    },
  };
}

function option(manifest: Manifest, what: string, fix: string): DataError {
  return new DataError('data-option', what, fix, { file: manifest.name });
}
