/**
 * The frames of a data set in shard order, one in memory at a time.
 */
import type { Frame } from './frame.ts';
import type { Manifest } from './manifest.ts';
import { type DecodeOptions, decodeShard } from './shard.ts';

/**
 * Decodes shard after shard as they are asked for; can be iterated again for another pass.
 *
 * @param bytesOf the bytes of a shard, e.g. read from the disk cache; checked against the manifest
 * @param wanted names of the columns to read
 */
export function shardFrames(
  manifest: Manifest,
  bytesOf: (index: number) => Uint8Array,
  wanted?: readonly string[],
  options: DecodeOptions = {},
): Iterable<Frame> {
  return {
    *[Symbol.iterator]() {
      for (const { index } of manifest.shards) {
        yield decodeShard(bytesOf(index), manifest, index, wanted, options);
      }
    },
  };
}
