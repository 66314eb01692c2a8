/**
 * Shards of a job as files on this host, fetched a few at a time.
 *
 * A shard whose bytes are not those of the manifest is fetched once more, then the work that reads
 * it fails by name.
 */
import type { Metrics } from '../../runtime/metrics.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';
import type { JobData } from '../task-runner/job-source.ts';
import type { ShardFiles } from '../task-runner/shard-files.ts';
import type { ShardPath } from '../task-runner/thread-jobs.ts';

const shardsInFlight = 4;

export class ShardPaths {
  readonly #files: ShardFiles;
  readonly #metrics: Metrics;

  constructor(files: ShardFiles, metrics: Metrics) {
    this.#files = files;
    this.#metrics = metrics;
  }

  /**
   * Runs with the shards' files at hand; after a corrupt one, once more with a fresh copy of it.
   * @param fetching wraps each fetching, for a span
   * @param onFetched called with the size of each shard that came over the network
   */
  async with<T>(
    job: JobData,
    indexes: readonly number[],
    onEach: () => void,
    run: (shards: readonly ShardPath[]) => Promise<T>,
    fetching: (work: () => Promise<ShardPath[]>) => Promise<ShardPath[]> = (work) => work(),
    onFetched: (bytes: number) => void = () => {},
  ): Promise<T> {
    const fetchAll = () => fetching(() => this.#paths(job, indexes, onEach, onFetched));
    try {
      return await run(await fetchAll());
    } catch (error) {
      const corrupt = corruptShard(job, error);
      if (corrupt === null) throw error;
      await this.#files.drop(corrupt);
      return run(await fetchAll());
    }
  }

  async #paths(
    job: JobData,
    indexes: readonly number[],
    onEach: () => void,
    tell: (bytes: number) => void,
  ): Promise<ShardPath[]> {
    const found: ShardPath[] = new Array(indexes.length);
    let next = 0;
    const onFetched = (bytes: number) => {
      this.#metrics.count('shoal_shard_bytes_fetched_total', bytes);
      tell(bytes);
    };
    const fetchSome = async () => {
      for (let i = next++; i < indexes.length; i = next++) {
        const index = indexes[i] as number;
        const entry = job.manifest.shards[index];
        if (entry === undefined) {
          throw new TerminalError('bad-plan', `the data set has no shard ${index}`);
        }
        found[i] = { index, path: await this.#files.path(parseDigest(entry.sha256), onFetched) };
        onEach();
      }
    };
    await Promise.all(Array.from({ length: shardsInFlight }, fetchSome));
    return found;
  }
}

/** Digest of the shard that an error of a compute function found corrupt. */
function corruptShard(job: JobData, error: unknown): Digest | null {
  if (!(error instanceof TerminalError) || error.code !== 'corrupt-shard') return null;
  const index = Number(error.path?.split('.')[1]);
  const entry = job.manifest.shards[index];
  return entry === undefined ? null : parseDigest(entry.sha256);
}
