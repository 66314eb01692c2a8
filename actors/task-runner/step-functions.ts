/**
 * What runs on compute threads for the steps before training: what a shard says for a pass, and the
 * pipeline that all shards together come to.
 *
 * Pure apart from reading files through the function given. Statistics are joined exactly, so the
 * pipeline does not depend on how the rows are cut into shards.
 */
import { columnSchema, pickColumns } from '../../datasets/data-schema.ts';
import type { Progress } from '../../learners/learner.ts';
import {
  decodeSurveys,
  encodeSurveys,
  fitPass,
  joinSurveys,
  surveyFrame,
} from '../../preprocessing/fit.ts';
import { encodePipeline, newPipeline, type Pipeline } from '../../preprocessing/pipeline.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { trainedSplits } from '../../schemas/job-plan.ts';
import { makeShard } from './made-shards.ts';
import type { ShardPredictions } from './predict-shard.ts';
import {
  columnsOf,
  type JobBytes,
  type ReadFile,
  type ShardPath,
  shardReader,
  type ThreadJob,
  type ThreadJobs,
} from './thread-jobs.ts';

export interface SurveyInput {
  readonly job: JobBytes;
  readonly pass: number;
  readonly shard: ShardPath;
}

/** For a plan whose steps are all fitted, on one choice of rows. */
export type MakeShardInput = Omit<SurveyInput, 'pass'>;

export interface FitStepsInput {
  readonly job: JobBytes;
  readonly pass: number;
  /** Of the plan's `trainedSplits`. */
  readonly split: number;
  /** What the shards say, in index order. */
  readonly parts: readonly Uint8Array[];
}

export function stepFunctions(jobs: ThreadJobs, readFile: ReadFile) {
  return {
    async survey(input: SurveyInput, progress: Progress): Promise<Uint8Array> {
      const job = jobs.get(input.job);
      const { plan, manifest } = job;
      const read = await shardReader(manifest, columnsOf(plan));
      const frame = read(readFile(input.shard.path), input.shard);
      const { pass } = input;
      const { splits } = trainedSplits(plan);
      const surveys = splits.map((split, i) => {
        progress(i, splits.length);
        return surveyFrame({ pipeline: stepsSoFar(job, i), pass, split, seed: plan.seed }, frame);
      });
      // A copy of its own length: what is handed to another thread goes with all of its buffer.
      return encodeSurveys(surveys).slice();
    },
    async 'make-shard'(input: MakeShardInput): Promise<ShardPredictions> {
      const job = jobs.get(input.job);
      const { plan, manifest } = job;
      const read = await shardReader(manifest, columnsOf(plan));
      const frame = read(readFile(input.shard.path), input.shard);
      return makeShard(plan, manifest, input.shard.index, frame, stepsSoFar(job, 0));
    },
    'fit-steps'(input: FitStepsInput, progress: Progress): Uint8Array {
      const job = jobs.get(input.job);
      const surveys = input.parts.map((part, i) => {
        progress(i, input.parts.length);
        return decodeSurveys(part)[input.split] ?? [];
      });
      if (surveys.length !== job.plan.shardCount) {
        const message = `${surveys.length} shards were surveyed, not ${job.plan.shardCount}`;
        throw new TerminalError('bad-plan', message);
      }
      const pipeline = stepsSoFar(job, input.split);
      return encodePipeline(fitPass(pipeline, input.pass, surveys.reduce(joinSurveys)));
    },
  };
}

function stepsSoFar(job: ThreadJob, split: number): Pipeline {
  const { plan, manifest } = job;
  const known = job.pipeline(split);
  if (known !== null) return known.pipeline;
  const read = pickColumns(manifest.columns, plan.features, manifest.name).map(columnSchema);
  return newPipeline(plan.preprocess?.steps ?? [], read);
}
