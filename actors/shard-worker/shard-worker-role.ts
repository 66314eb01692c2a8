/**
 * The shard-worker's work: surveying rows for the steps before training, training on them, holding
 * them for rounds, scoring and predicting them.
 *
 * It reads only the shards that a task names. Prepared data is made once a node and shared by its
 * threads; a shard whose bytes are not those of the manifest is fetched once more, then the task
 * fails by name.
 */

import type { Blobs } from '../../runtime/ports/blobs.ts';
import type { Compute } from '../../runtime/ports/compute.ts';
import { BugError, TerminalError } from '../../schemas/errors.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { datasetMade, type SurveyStage, type TaskWork, workOf } from '../../schemas/job-plan.ts';
import { Holder } from '../rounds/holder.ts';
import type { RoundNode } from '../rounds/round-node.ts';
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
import type { PredictInput } from '../task-runner/predict-functions.ts';
import type { ShardPredictions } from '../task-runner/predict-shard.ts';
import type { PreparedCache } from '../task-runner/prepared-cache.ts';
import type { Role, TaskContext, TaskRequest } from '../task-runner/role.ts';
import type { MakeShardInput, SurveyInput } from '../task-runner/step-functions.ts';
import { ofTestData, scoredData } from '../task-runner/test-rows.ts';
import type { ShardPaths } from './shard-paths.ts';

type TrainWork = Extract<TaskWork, { stage: 'train' }>;
type ScoreWork = Extract<TaskWork, { stage: 'score' }>;
type SurveyWork = Extract<TaskWork, { stage: SurveyStage }>;

const modelsKept = 2;

export interface ShardWorkerParts {
  readonly blobs: Blobs;
  readonly compute: Compute;
  readonly source: JobSource;
  readonly paths: ShardPaths;
  readonly prepared: PreparedCache;
  readonly rounds: RoundNode;
}

export class ShardWorkerRole implements Role {
  readonly name = 'worker';
  readonly stages = ['prepare', 'prepare2', 'prepare3', 'train', 'hold', 'score'] as const;
  readonly inlines = true;
  readonly #parts: ShardWorkerParts;
  readonly #models = new Memo<NamedBytes>(modelsKept);
  readonly #holder: Holder;

  constructor(parts: ShardWorkerParts) {
    this.#parts = parts;
    this.#holder = new Holder(parts.rounds, (job, shard, context, run) =>
      this.#withShards(job, [shard], context, ([path]) => run(path as ShardPath)),
    );
  }

  async execute(request: TaskRequest, context: TaskContext): Promise<Uint8Array> {
    const job = await context.span('blob.get', () =>
      this.#parts.source.job(request.plan, fetchedFor(context)),
    );
    const work = workOf(job.plan, request.stage, request.index);
    if (work.stage === 'train') return this.#train(job, work, request, context);
    if (work.stage === 'score') return this.#score(job, work, request, context);
    if (work.stage === 'hold') return this.#holder.hold(request.job, job, work, context);
    if ('pass' in work && 'shard' in work) return this.#survey(job, work, context);
    throw new BugError('role', `a shard-worker does not run ${work.stage} tasks`);
  }

  forget(job: string): void {
    this.#parts.prepared.forget(job);
  }

  rest(nowMs: number): void {
    this.#parts.prepared.rest(nowMs);
  }

  async sweep(): Promise<void> {
    const { blobs, prepared, paths, source } = this.#parts;
    source.clear();
    this.#models.clear();
    for (const manifest of prepared.manifests()) {
      if (!(await blobs.has(parseDigest(manifest)))) prepared.drop(manifest);
    }
    await paths.sweep();
  }

  held(): readonly string[] {
    return [...new Set([...this.#parts.prepared.held(), ...this.#holder.held()])];
  }

  paces() {
    return this.#holder.paces();
  }

  stop(): void {
    this.#holder.stop();
  }

  async #train(
    job: JobData,
    work: TrainWork,
    request: TaskRequest,
    context: TaskContext,
  ): Promise<Uint8Array> {
    const { compute, prepared } = this.#parts;
    const options = { signal: context.signal, onProgress: context.moved, onCpu: cpuFor(context) };
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
      signal: context.signal,
      onProgress: context.moved,
    };
    const ready = prepared.get(use, (signal, onProgress) =>
      this.#prepare(job, work, context, signal, onProgress),
    );
    const input: TrainInput = {
      job: job.bytes,
      fit: work.fit,
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
        this.#parts.compute.run('prepare', input, { signal, onProgress, onCpu: cpuFor(context) }),
      );
    });
  }

  /** What the steps before training have to know of one shard. */
  #survey(job: JobData, work: SurveyWork, context: TaskContext): Promise<Uint8Array> {
    const { signal, isolated, moved: onProgress } = context;
    return this.#withShards(job, [work.shard], context, ([shard]) => {
      const input: SurveyInput = { job: job.bytes, pass: work.pass, shard: shard as ShardPath };
      const onCpu = cpuFor(context);
      return context.span('compute', () =>
        bytes(this.#parts.compute.run('survey', input, { signal, isolated, onProgress, onCpu })),
      );
    });
  }

  async #score(
    job: JobData,
    work: ScoreWork,
    request: TaskRequest,
    context: TaskContext,
  ): Promise<Uint8Array> {
    const { predict } = job.plan;
    if (predict !== undefined) {
      return this.#make(job, work, await this.#model(predict.model, context), context);
    }
    if (datasetMade(job.plan) !== null) return this.#make(job, work, null, context);
    if (request.inputs === null) throw new TerminalError('bad-plan', 'a score task needs models');
    const { results } = await this.#parts.source.inputs(request.inputs, fetchedFor(context));
    const model = await this.#model(String(results[work.fit]), context);
    const scoring = this.#withShards(scoredData(job), [work.shard], context, ([shard]) => {
      const input: ScoreInput = { job: job.bytes, fit: work.fit, shard: shard as ShardPath, model };
      const { signal, isolated, moved: onProgress } = context;
      const onCpu = cpuFor(context);
      return context.span('compute', () =>
        bytes(this.#parts.compute.run('score', input, { signal, isolated, onProgress, onCpu })),
      );
    });
    return scoring.catch((error) => {
      throw ofTestData(job, error);
    });
  }

  /** What was made of the shard is stored first: the result, which names it, is small. */
  async #make(
    job: JobData,
    { shard: index }: ScoreWork,
    model: NamedBytes | null,
    context: TaskContext,
  ): Promise<Uint8Array> {
    const { compute, blobs } = this.#parts;
    const { signal, isolated, moved: onProgress } = context;
    const options = { signal, isolated, onProgress, onCpu: cpuFor(context) };
    const { shard, result } = await this.#withShards(job, [index], context, ([path]) => {
      const made: MakeShardInput = { job: job.bytes, shard: path as ShardPath };
      const input = model === null ? made : ({ ...made, model } satisfies PredictInput);
      const name = model === null ? 'make-shard' : 'predict';
      return context.span(
        'compute',
        () => compute.run(name, input, options) as Promise<ShardPredictions>,
      );
    });
    await context.span('blob.put', () => blobs.put(shard, context.moved));
    context.spend({ storedBytes: shard.length });
    return result;
  }

  #model(digest: string, context: TaskContext): Promise<NamedBytes> {
    const { source } = this.#parts;
    return context.span('blob.get', () =>
      this.#models.get(digest, () => source.shared(parseDigest(digest), fetchedFor(context))),
    );
  }

  #withShards<T>(
    job: JobData,
    indexes: readonly number[],
    context: TaskContext,
    run: (shards: readonly ShardPath[]) => Promise<T>,
  ): Promise<T> {
    const fetching = (work: () => Promise<ShardPath[]>) => context.span('shard.get', work);
    const fetched = fetchedFor(context);
    return this.#parts.paths.with(job, indexes, context.moved, run, fetching, fetched);
  }
}

/** Counts bytes that the task had to fetch. */
function fetchedFor(context: TaskContext): (bytes: number) => void {
  return (fetchedBytes) => context.spend({ fetchedBytes });
}

function cpuFor(context: TaskContext): (ms: number) => void {
  return (cpuMs) => context.spend({ cpuMs });
}

function trainedShards(job: JobData, work: TrainWork): number[] {
  return work.shard === null ? job.manifest.shards.map((shard) => shard.index) : [work.shard];
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
