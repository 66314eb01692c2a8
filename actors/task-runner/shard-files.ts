/**
 * Shard files: blobs as files on this host, so that compute threads read them without the network.
 * A shard crosses the network once a host; the adapter is a disk cache keyed by digest.
 */
import type { Digest } from '../../schemas/ids.ts';

export interface ShardFiles {
  /**
   * Fetches the blob if the host lacks it.
   * @param onFetched called with its size where it came over the network
   * @param onMoved called now and then while it comes: a slow link is no standstill
   * @returns the path of a file that holds its bytes
   */
  path(digest: Digest, onFetched?: (bytes: number) => void, onMoved?: () => void): Promise<string>;
  /** Forgets a file whose bytes turned out wrong, so that the next `path` fetches it anew. */
  drop(digest: Digest): Promise<void>;
  /** Removes files of blobs that are not stored any more; absent where files are not kept. */
  sweep?(): Promise<unknown>;
}
