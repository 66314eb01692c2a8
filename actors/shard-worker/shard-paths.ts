/**
 * Shards of a job as files on this host, fetched a few at a time.
 *
 * A shard whose bytes are not those of the manifest is fetched once more, then the work that reads
 * it fails by name.
 */
import type { Metrics } from '../../runtime/metrics.ts';
import { ShoalError, TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';
import type { JobData } from '../task-runner/job-source.ts';
import type { ShardFiles } from '../task-runner/shard-files.ts';
import type { ShardPath } from '../task-runner/thread-jobs.ts';

const shardsInFlight = 4;
/** The store has the blob no more, or has other bytes. */
const lostCodes = new Set(['no-blob', 'corrupt-blob']);

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
      // A file may have made room for others before it was read.
      if (corrupt === null && !isGone(error)) throw error;
      if (corrupt !== null) await this.#files.drop(corrupt);
      return run(await fetchAll());
    }
  }

  /** Removes files of shards that are not stored any more. */
  async sweep(): Promise<void> {
    await this.#files.sweep?.();
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
    // Of several that fail the first is told of: so all nodes name the same one.
    const failed = new Map<number, unknown>();
    const fetchSome = async () => {
      for (let i = next++; i < indexes.length && failed.size === 0; i = next++) {
        const index = indexes[i] as number;
        try {
          found[i] = { index, path: await this.#path(job, index, onFetched, onEach) };
          onEach();
        } catch (error) {
          failed.set(i, error);
        }
      }
    };
    await Promise.all(Array.from({ length: shardsInFlight }, fetchSome));
    if (failed.size > 0) throw failed.get(Math.min(...failed.keys()));
    return found;
  }

  async #path(
    job: JobData,
    index: number,
    onFetched: (bytes: number) => void,
    onMoved: () => void,
  ): Promise<string> {
    const entry = job.manifest.shards[index];
    if (entry === undefined) {
      throw new TerminalError('bad-plan', `the data set has no shard ${index}`);
    }
    try {
      return await this.#files.path(parseDigest(entry.sha256), onFetched, onMoved);
    } catch (error) {
      if (!(error instanceof ShoalError) || !lostCodes.has(error.code)) throw error;
      const message = `shard ${index} is not to be had: ${error.message}`;
      throw new TerminalError('shard-lost', message, { path: `shards.${index}`, cause: error });
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Digest of the shard that an error of a compute function found corrupt. */
function corruptShard(job: JobData, error: unknown): Digest | null {
  if (!(error instanceof TerminalError) || error.code !== 'corrupt-shard') return null;
  const index = Number(error.path?.split('.')[1]);
  const entry = job.manifest.shards[index];
  return entry === undefined ? null : parseDigest(entry.sha256);
}
