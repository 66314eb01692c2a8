/**
 * What the registry of data sets says of a version: figures taken from its manifest.
 */
import type { Manifest } from './manifest.ts';

export interface DatasetEntry {
  readonly version: number;
  /** Digest of the manifest. */
  readonly manifest: string;
  readonly rows: number;
  readonly columns: number;
  readonly shards: number;
  readonly bytes: number;
  readonly createdAtMs: number;
  readonly removed: false;
}

/** The entry that follows those that there are, removed ones included: no number is used again. */
export function nextEntry(
  versions: readonly { readonly version?: number | null }[],
  manifest: Manifest,
  digest: string,
  createdAtMs: number,
): DatasetEntry {
  return {
    version: versions.reduce((most, own) => Math.max(most, own.version ?? 0), 0) + 1,
    manifest: digest,
    rows: manifest.rows,
    columns: manifest.columns.length,
    shards: manifest.shards.length,
    bytes: manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0),
    createdAtMs,
    removed: false,
  };
}
