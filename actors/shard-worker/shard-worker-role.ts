/**
 * The shard-worker's work: training on rows, and scoring rows with a finished model.
 *
 * It reads only the shards that a task names. Prepared data is made once a node and shared by its
 * threads; a shard whose bytes are not those of the manifest is fetched once more, then the task
 * fails by name.
 */

import type { Compute } from '../../runtime/ports/compute.ts';
import { BugError, TerminalError } from '../../schemas/errors.ts';
import { type Digest, parseDigest } from '../../schemas/ids.ts';
import { type TaskWork, workOf } from '../../schemas/job-plan.ts';
import type {
  NamedBytes,
  PrepareInput,
  ScoreInput,
  ShardPath,
  TrainAloneInput,
  TrainInput,
} from '../task-runner/compute-functions.ts';
import type { JobData, JobSource } from '../task-runner/job-source.ts';
import { Memo } from '../task-runner/memo.ts';
import type { PreparedCache } from '../task-runner/prepared-cache.ts';
import type { Role, TaskContext, TaskRequest } from '../task-runner/role.ts';
import type { ShardFiles } from '../task-runner/shard-files.ts';

type TrainWork = Extract<TaskWork, { stage: 'train' }>;
type ScoreWork = Extract<TaskWork, { stage: 'score' }>;

const shardsInFlight = 4;
const modelsKept = 2;

export interface ShardWorkerParts {
  readonly compute: Compute;
  readonly source: JobSource;
  readonly files: ShardFiles;
  readonly prepared: PreparedCache;
}

export class ShardWorkerRole implements Role {
  readonly name = 'worker';
  readonly stages = ['train', 'score'] as const;
  readonly inlines = true;
  readonly #parts: ShardWorkerParts;
  readonly #models = new Memo<NamedBytes>(modelsKept);

  constructor(parts: ShardWorkerParts) {
    this.#parts = parts;
  }

  async execute(request: TaskRequest, context: TaskContext): Promise<Uint8Array> {
    const job = await context.span('blob.get', () => this.#parts.source.job(request.plan));
    const work = workOf(job.plan, request.stage, request.index);
    if (work.stage === 'train') return this.#train(job, work, request, context);
    if (work.stage === 'score') return this.#score(job, work, request, context);
    throw new BugError('role', `a shard-worker does not run ${work.stage} tasks`);
  }

  forget(job: string): void {
    this.#parts.prepared.forget(job);
  }

  rest(nowMs: number): void {
    this.#parts.prepared.rest(nowMs);
  }

  held(): readonly string[] {
    return this.#parts.prepared.held();
  }

  async #train(
    job: JobData,
    work: TrainWork,
    request: TaskRequest,
    context: TaskContext,
  ): Promise<Uint8Array> {
    const { compute, prepared } = this.#parts;
    const options = { signal: context.signal, onProgress: context.moved };
    if (context.isolated) {
      return this.#withShards(job, trainedShards(job, work), context, (shards) => {
        const input: TrainAloneInput = { job: job.bytes, fit: work.fit, shards, part: work.part };
        const alone = { ...options, isolated: true };
        return bytes(compute.run('train-alone', input, alone));
      });
    }
    const use = {
      key: `${job.fitKeys[work.fit]}.${work.shard ?? 'all'}`,
      job: request.job,
      manifest: job.bytes.manifest.digest,
      onProgress: context.moved,
    };
    const ready = prepared.get(use, (signal, onProgress) =>
      this.#prepare(job, work, context, signal, onProgress),
    );
    const input: TrainInput = {
      job: job.bytes,
      part: work.part,
      prepared: await abortable(ready, context.signal),
    };
    return context.span('compute', () => bytes(compute.run('train', input, options)));
  }

  #prepare(
    job: JobData,
    work: TrainWork,
    context: TaskContext,
    signal: AbortSignal,
    onProgress: () => void,
  ): Promise<unknown> {
    // Others wait for the same data: what moves here moves their tasks too.
    const shared = { ...context, moved: onProgress };
    return this.#withShards(job, trainedShards(job, work), shared, (shards) => {
      const input: PrepareInput = { job: job.bytes, fit: work.fit, shards };
      return context.span('prepare', () =>
        this.#parts.compute.run('prepare', input, { signal, onProgress }),
      );
    });
  }

  async #score(
    job: JobData,
    work: ScoreWork,
    request: TaskRequest,
    context: TaskContext,
  ): Promise<Uint8Array> {
    if (request.inputs === null) throw new TerminalError('bad-plan', 'a score task needs models');
    const { results } = await this.#parts.source.inputs(request.inputs);
    const digest = parseDigest(String(results[work.fit]));
    const model = await context.span('blob.get', () =>
      this.#models.get(digest, () => this.#parts.source.shared(digest)),
    );
    return this.#withShards(job, [work.shard], context, ([shard]) => {
      const input: ScoreInput = { job: job.bytes, fit: work.fit, shard: shard as ShardPath, model };
      const { signal, isolated, moved: onProgress } = context;
      return context.span('compute', () =>
        bytes(this.#parts.compute.run('score', input, { signal, isolated, onProgress })),
      );
    });
  }

  /** Runs with the shards' files at hand; after a corrupt one, once more with a fresh copy of it. */
  async #withShards<T>(
    job: JobData,
    indexes: readonly number[],
    context: TaskContext,
    run: (shards: readonly ShardPath[]) => Promise<T>,
  ): Promise<T> {
    const fetchAll = () =>
      context.span('shard.get', () => this.#paths(job, indexes, context.moved));
    try {
      return await run(await fetchAll());
    } catch (error) {
      const corrupt = corruptShard(job, error);
      if (corrupt === null) throw error;
      await this.#parts.files.drop(corrupt);
      return run(await fetchAll());
    }
  }

  async #paths(job: JobData, indexes: readonly number[], onEach: () => void): Promise<ShardPath[]> {
    const found: ShardPath[] = new Array(indexes.length);
    let next = 0;
    const fetchSome = async () => {
      for (let i = next++; i < indexes.length; i = next++) {
        const index = indexes[i] as number;
        const entry = job.manifest.shards[index];
        if (entry === undefined) {
          throw new TerminalError('bad-plan', `the data set has no shard ${index}`);
        }
        found[i] = { index, path: await this.#parts.files.path(parseDigest(entry.sha256)) };
        onEach();
      }
    };
    await Promise.all(Array.from({ length: shardsInFlight }, fetchSome));
    return found;
  }
}

function trainedShards(job: JobData, work: TrainWork): number[] {
  return work.shard === null ? job.manifest.shards.map((shard) => shard.index) : [work.shard];
}

/** Digest of the shard that an error of a compute function found corrupt. */
function corruptShard(job: JobData, error: unknown): Digest | null {
  if (!(error instanceof TerminalError) || error.code !== 'corrupt-shard') return null;
  const index = Number(error.path?.split('.')[1]);
  const entry = job.manifest.shards[index];
  return entry === undefined ? null : parseDigest(entry.sha256);
}

async function bytes(result: Promise<unknown>): Promise<Uint8Array> {
  const value = await result;
  if (value instanceof Uint8Array) return value;
  throw new BugError('compute', 'a compute function returned no bytes');
}

/** The promise, or a rejection as soon as the signal is raised. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {});
  if (signal.aborted)
    return Promise.reject(new TerminalError('cancelled', 'the task was cancelled'));
  return new Promise((resolve, reject) => {
    const stop = () => reject(new TerminalError('cancelled', 'the task was cancelled'));
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
