/**
 * What runs on compute threads, by name: the learner's functions around reading shards.
 *
 * Pure apart from reading files through the function given. Plans and manifests come as shared
 * bytes and are parsed once a thread; a model is decoded once as long as the thread scores with it.
 */
import type { Frame } from '../../datasets/frame.ts';
import { type Manifest, parseManifest } from '../../datasets/manifest.ts';
import type { AnyLearner, Learners, Predictor, Problem, Progress } from '../../learners/learner.ts';
import { TerminalError } from '../../schemas/errors.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { measureFits } from './measure-fits.ts';
import { parsePlan } from './plan-bytes.ts';
import { frameFor, problemOf } from './problem.ts';
import { scoreFrame } from './score-frame.ts';

/** Bytes with the digest that names them, in shared memory. */
export interface NamedBytes {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export interface JobBytes {
  readonly plan: NamedBytes;
  readonly manifest: NamedBytes;
}

/** A shard's file on this host. */
export interface ShardPath {
  readonly index: number;
  readonly path: string;
}

export interface PrepareInput {
  readonly job: JobBytes;
  readonly fit: number;
  readonly shards: readonly ShardPath[];
}

export interface TrainInput {
  readonly job: JobBytes;
  readonly part: number;
  readonly prepared: unknown;
}

export interface TrainAloneInput extends PrepareInput {
  readonly part: number;
}

export interface MergeInput {
  readonly job: JobBytes;
  readonly parts: readonly Uint8Array[];
}

export interface ScoreInput {
  readonly job: JobBytes;
  readonly fit: number;
  readonly shard: ShardPath;
  readonly model: NamedBytes;
}

export interface MeasureInput {
  readonly job: JobBytes;
  /** The results of the score stage, in index order. */
  readonly scores: readonly Uint8Array[];
}

/** @param input data as it came over from the other thread */
export type ComputeFunction = (input: never, progress: Progress) => unknown;
export type ComputeFunctions = Readonly<Record<string, ComputeFunction>>;

export type ReadFile = (path: string) => Uint8Array;

interface Job {
  readonly plan: JobPlan;
  readonly manifest: Manifest;
  readonly problem: Problem;
  readonly learner: AnyLearner;
}

const jobsKept = 8;

/** Jobs by plan, parsed once a thread. */
class Jobs {
  readonly #learners: Learners;
  readonly #jobs = new Map<string, Job>();

  constructor(learners: Learners) {
    this.#learners = learners;
  }

  get(bytes: JobBytes): Job {
    const known = this.#jobs.get(bytes.plan.digest);
    if (known !== undefined) return known;
    const plan = parsePlan(bytes.plan.bytes);
    const manifest = parseManifest(Uint8Array.from(bytes.manifest.bytes));
    const learner = this.#learnerOf(plan);
    const job = { plan, manifest, problem: problemOf(plan, manifest), learner };
    const oldest = this.#jobs.keys().next();
    if (this.#jobs.size >= jobsKept && !oldest.done) this.#jobs.delete(oldest.value);
    this.#jobs.set(bytes.plan.digest, job);
    return job;
  }

  #learnerOf(plan: JobPlan): AnyLearner {
    const learner = this.#learners.get(plan.learner);
    if (learner !== undefined && learner.numerics === plan.numerics) return learner;
    const here = learner === undefined ? 'none of that name' : `version ${learner.numerics}`;
    throw new TerminalError(
      'no-learner',
      `the plan needs "${plan.learner}@${plan.numerics}", this node has ${here}`,
      { fix: 'run the same release of shoal, with the same --learner files, on every host' },
    );
  }
}

export function computeFunctions(learners: Learners, readFile: ReadFile): ComputeFunctions {
  const jobs = new Jobs(learners);
  let model: { digest: string; predictor: Predictor } | null = null;

  async function prepare(input: PrepareInput, progress: Progress): Promise<unknown> {
    const { plan, manifest, problem, learner } = jobs.get(input.job);
    const { split } = fitOf(plan, input.fit);
    const columns = [...new Set([...plan.features, plan.target])];
    const read = await shardReader(manifest, columns);
    function* frames(): Iterable<Frame> {
      for (const shard of input.shards) yield frameFor(problem, read(readFile(shard.path), shard));
    }
    return learner.prepare(problem, { ...plan.params }, { frames, split }, progress);
  }

  function train(input: TrainInput, progress: Progress): Uint8Array {
    const { plan, problem, learner } = jobs.get(input.job);
    return learner.train(problem, { ...plan.params }, input.prepared, input.part, progress);
  }

  return {
    prepare,
    train,
    async 'train-alone'(input: TrainAloneInput, progress: Progress) {
      const prepared = await prepare(input, progress);
      return train({ job: input.job, part: input.part, prepared }, progress);
    },
    merge(input: MergeInput) {
      const { plan, problem, learner } = jobs.get(input.job);
      return learner.merge(problem, { ...plan.params }, input.parts);
    },
    async score(input: ScoreInput, progress: Progress) {
      const { plan, manifest, problem, learner } = jobs.get(input.job);
      const { scored } = fitOf(plan, input.fit);
      if (scored === null) throw new TerminalError('bad-plan', `fit ${input.fit} is not scored`);
      const columns = [...new Set([...plan.features, plan.target])];
      const read = await shardReader(manifest, columns);
      const frame = frameFor(problem, read(readFile(input.shard.path), input.shard));
      progress(1, 3);
      if (model?.digest !== input.model.digest) {
        model = { digest: input.model.digest, predictor: learner.decode(input.model.bytes) };
      }
      progress(2, 3);
      return scoreFrame(problem, model.predictor, frame, scored);
    },
    measure(input: MeasureInput) {
      const { plan } = jobs.get(input.job);
      return measureFits(plan, input.scores);
    },
  };
}

function fitOf(plan: JobPlan, index: number) {
  const fit = plan.fits[index];
  if (fit === undefined) throw new TerminalError('bad-plan', `the plan has no fit ${index}`);
  return fit;
}

/** The Arrow reader is loaded where rows are read, and only there. */
async function shardReader(
  manifest: Manifest,
  columns: readonly string[],
): Promise<(bytes: Uint8Array, shard: ShardPath) => Frame> {
  const { decodeShard } = await import('../../datasets/shard.ts');
  return (bytes, shard) => {
    try {
      return decodeShard(bytes, manifest, shard.index, columns);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'data-digest')) throw error;
      throw new TerminalError('corrupt-shard', error.message, {
        path: `shards.${shard.index}`,
        cause: error,
      });
    }
  };
}
