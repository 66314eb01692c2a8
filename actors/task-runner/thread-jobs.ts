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
import { TerminalError } from '../../schemas/errors.ts';
import type { FitPlan, JobPlan } from '../../schemas/job-plan.ts';
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
  /** Made when it is asked for: a job that predicts has no target, hence no problem. */
  readonly problem: Problem;
  readonly learner: AnyLearner;
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
    const learner = this.#learnerOf(plan);
    const mode = plan.rounds?.mode;
    let problem: Problem | undefined;
    const job = {
      ...{ plan, manifest, learner },
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
      this.#model = { digest, predictor: learner.decode(bytes) };
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
