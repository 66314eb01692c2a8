/**
 * What runs on compute threads, by name: the learner's functions around reading shards.
 *
 * Pure apart from reading files through the function given. Plans and manifests come as shared
 * bytes and are parsed once a thread; a model is decoded once as long as the thread scores with it.
 */
import type { Frame } from '../../datasets/frame.ts';
import {
  type AnyLearner,
  type AnyTasksLearner,
  type Learners,
  type Progress,
  trainsInRounds,
} from '../../learners/learner.ts';
import { withSteps } from '../../learners/model.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { paramsOf } from '../../schemas/job-plan.ts';
import { roundFunctions } from '../rounds/round-functions.ts';
import { finishRounds } from '../rounds/round-result.ts';
import { measureFits } from './measure-fits.ts';
import { predictFunctions } from './predict-functions.ts';
import { frameFor } from './problem.ts';
import { scoreFrame } from './score-frame.ts';
import { stepFunctions } from './step-functions.ts';
import { asTrained } from './test-rows.ts';
import {
  columnsOf,
  fitOf,
  type JobBytes,
  type NamedBytes,
  type ReadFile,
  rowsFor,
  type ShardPath,
  shardReader,
  stepsOf,
  ThreadJobs,
} from './thread-jobs.ts';

export type { JobBytes, NamedBytes, ShardPath } from './thread-jobs.ts';

export interface PrepareInput {
  readonly job: JobBytes;
  readonly fit: number;
  readonly shards: readonly ShardPath[];
}

export interface TrainInput {
  readonly job: JobBytes;
  readonly fit: number;
  readonly part: number;
  readonly prepared: unknown;
}

export interface TrainAloneInput extends PrepareInput {
  readonly part: number;
}

export interface MergeInput {
  readonly job: JobBytes;
  readonly fit: number;
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

export function computeFunctions(learners: Learners, readFile: ReadFile): ComputeFunctions {
  const jobs = new ThreadJobs(learners);

  async function prepare(input: PrepareInput, progress: Progress): Promise<unknown> {
    const job = jobs.get(input.job);
    const { plan, manifest, problem, learner } = job;
    const { split } = fitOf(plan, input.fit);
    const read = await shardReader(manifest, columnsOf(plan));
    function* frames(): Iterable<Frame> {
      for (const shard of input.shards) {
        const frame = frameFor(problem, read(readFile(shard.path), shard));
        yield rowsFor(job, input.fit, frame);
      }
    }
    const params = paramsOf(plan, input.fit);
    return tasksLearner(learner).prepare(problem, params, { frames, split }, progress);
  }

  function train(input: TrainInput, progress: Progress): Uint8Array {
    const { plan, problem, learner } = jobs.get(input.job);
    const own = tasksLearner(learner);
    const params = paramsOf(plan, input.fit);
    return own.train(problem, params, input.prepared, input.part, progress);
  }

  return {
    ...roundFunctions(jobs, readFile),
    ...predictFunctions(jobs, readFile),
    ...stepFunctions(jobs, readFile),
    prepare,
    train,
    async 'train-alone'(input: TrainAloneInput, progress: Progress) {
      const prepared = await prepare(input, progress);
      const { job, fit, part } = input;
      return train({ job, fit, part, prepared }, progress);
    },
    merge(input: MergeInput, progress: Progress) {
      const job = jobs.get(input.job);
      const { problem, learner } = job;
      const params = paramsOf(job.plan, input.fit);
      const steps = stepsOf(job, input.fit)?.bytes;
      if (!trainsInRounds(learner)) {
        return withSteps(learner.merge(problem, params, input.parts, progress), steps);
      }
      const [last] = input.parts;
      if (last === undefined) throw new TerminalError('bad-plan', 'a fit in rounds has one result');
      return withSteps(finishRounds(learner, problem, params, last), steps);
    },
    async score(input: ScoreInput, progress: Progress) {
      const { plan, manifest, test, problem, learner } = jobs.get(input.job);
      const { scored } = fitOf(plan, input.fit);
      if (scored === null) throw new TerminalError('bad-plan', `fit ${input.fit} is not scored`);
      const columns = columnsOf(plan);
      const read = await shardReader(test ?? manifest, columns);
      const rows = read(readFile(input.shard.path), input.shard);
      const known = test === null ? rows : asTrained(rows, test, manifest, columns);
      const frame = frameFor(problem, known);
      progress(1, 3);
      const predictor = jobs.open(input.model, learner);
      progress(2, 3);
      return scoreFrame(problem, predictor, frame, scored);
    },
    measure(input: MeasureInput, progress: Progress) {
      const { plan } = jobs.get(input.job);
      return measureFits(plan, input.scores, progress);
    },
  };
}

function tasksLearner(learner: AnyLearner): AnyTasksLearner {
  if (!trainsInRounds(learner)) return learner;
  throw new TerminalError('bad-plan', `"${learner.name}" trains in rounds, not by tasks`);
}
