/**
 * What a compute thread knows of jobs: plan, manifest, problem and learner, parsed once a thread,
 * and the model that it scored with last.
 *
 * Plans and manifests come as shared bytes, named by their digests. Shards are read through the
 * function given; a shard with other bytes than the manifest's is a `corrupt-shard` by name.
 */
import { DataError } from '../../datasets/data-error.ts';
import type { Frame } from '../../datasets/frame.ts';
import { type Manifest, parseManifest } from '../../datasets/manifest.ts';
import type { AnyLearner, Learners, Predictor, Problem } from '../../learners/learner.ts';
import { openPredictor } from '../../learners/model.ts';
import { applyPipeline, decodePipeline, type Pipeline } from '../../preprocessing/pipeline.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { type FitPlan, type JobPlan, trainedSplits } from '../../schemas/job-plan.ts';
import { parsePlan } from './plan-bytes.ts';
import { problemOf } from './problem.ts';

/** Bytes with the digest that names them, in shared memory. */
export interface NamedBytes {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export interface JobBytes {
  readonly plan: NamedBytes;
  readonly manifest: NamedBytes;
  /** Of the rows that are scored, where they are of another data set. */
  readonly test?: NamedBytes;
  /** Steps before training as far as they are fitted, for each of the plan's `trainedSplits`. */
  readonly pipelines?: readonly NamedBytes[];
}

/** A shard's file on this host. */
export interface ShardPath {
  readonly index: number;
  readonly path: string;
}

export type ReadFile = (path: string) => Uint8Array;

export interface ThreadJob {
  readonly plan: JobPlan;
  readonly manifest: Manifest;
  readonly test: Manifest | null;
  /** Made when it is asked for: a job that predicts has no target, hence no problem. */
  readonly problem: Problem;
  readonly learner: AnyLearner;
  /** What the rows that are split so go through before training; null where nothing is fitted. */
  pipeline(split: number): FittedSteps | null;
}

/** A pipeline with the bytes that name it. */
export interface FittedSteps {
  readonly pipeline: Pipeline;
  readonly bytes: Uint8Array;
}

const jobsKept = 8;

/** Jobs by plan, parsed once a thread. */
export class ThreadJobs {
  readonly #learners: Learners;
  readonly #jobs = new Map<string, ThreadJob>();
  #model: { readonly digest: string; readonly predictor: Predictor } | null = null;

  constructor(learners: Learners) {
    this.#learners = learners;
  }

  get(bytes: JobBytes): ThreadJob {
    const known = this.#jobs.get(bytes.plan.digest);
    if (known !== undefined) return known;
    const plan = parsePlan(bytes.plan.bytes);
    const manifest = parseManifest(Uint8Array.from(bytes.manifest.bytes));
    const test = bytes.test ? parseManifest(Uint8Array.from(bytes.test.bytes)) : null;
    const learnerOf = () => this.#learnerOf(plan);
    const mode = plan.rounds?.mode;
    let problem: Problem | undefined;
    const opened = new Map<number, FittedSteps>();
    const job = {
      ...{ plan, manifest, test },
      // Steps alone need none.
      get learner(): AnyLearner {
        return learnerOf();
      },
      pipeline(split: number): FittedSteps | null {
        const known = opened.get(split);
        const named = bytes.pipelines?.[split];
        if (known !== undefined || named === undefined) return known ?? null;
        const steps = { pipeline: decodePipeline(named.bytes), bytes: named.bytes };
        opened.set(split, steps);
        return steps;
      },
      get problem(): Problem {
        problem ??= { ...problemOf(plan, manifest), ...(mode === undefined ? {} : { mode }) };
        return problem;
      },
    };
    const oldest = this.#jobs.keys().next();
    if (this.#jobs.size >= jobsKept && !oldest.done) this.#jobs.delete(oldest.value);
    this.#jobs.set(bytes.plan.digest, job);
    return job;
  }

  /** The model, decoded once as long as the thread scores with no other. */
  open({ digest, bytes }: NamedBytes, learner: AnyLearner): Predictor {
    if (this.#model?.digest !== digest) {
      this.#model = { digest, predictor: openPredictor(bytes, learner) };
    }
    return this.#model.predictor;
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

export function fitOf(plan: JobPlan, index: number): FitPlan {
  const fit = plan.fits[index];
  if (fit === undefined) throw new TerminalError('bad-plan', `the plan has no fit ${index}`);
  return fit;
}

/** What the rows of a fit go through before training; null where there is nothing. */
export function stepsOf(job: ThreadJob, fit: number): FittedSteps | null {
  return job.pipeline(trainedSplits(job.plan).ofFit[fit] ?? 0);
}

/** The rows as the fit trains on them. */
export function rowsFor(job: ThreadJob, fit: number, frame: Frame): Frame {
  const steps = stepsOf(job, fit);
  return steps === null ? frame : applyPipeline(steps.pipeline, frame);
}

/** The columns that a job reads: features, and the target where there is one. */
export function columnsOf(plan: JobPlan): string[] {
  const target = plan.target === '' ? [] : [plan.target];
  return [...new Set([...plan.features, ...target])];
}

/** The Arrow reader is loaded where rows are read, and only there. */
export async function shardReader(
  manifest: Manifest,
  columns: readonly string[],
): Promise<(bytes: Uint8Array, shard: ShardPath) => Frame> {
  const { decodeShard } = await import('../../datasets/shard.ts');
  return (bytes, shard) => {
    try {
      return decodeShard(bytes, manifest, shard.index, columns);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      // Other bytes may come right when they are fetched anew; a shard that is wrong stays so.
      const code = error.code === 'data-digest' ? 'corrupt-shard' : 'bad-shard';
      throw new TerminalError(code, error.message, { path: `shards.${shard.index}`, cause: error });
    }
  };
}
