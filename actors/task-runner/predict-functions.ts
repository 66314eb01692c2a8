/**
 * What runs on compute threads for jobs that predict: a shard into predictions, and all of them into
 * the manifest of a data set.
 *
 * Pure apart from reading files through the function given. The model comes as shared bytes.
 */
import type { Progress } from '../../learners/learner.ts';
import { describeModel } from '../../learners/model.ts';
import { joinPredictions } from './join-predictions.ts';
import { predictShard, type ShardPredictions } from './predict-shard.ts';
import {
  columnsOf,
  type JobBytes,
  type NamedBytes,
  type ReadFile,
  type ShardPath,
  shardReader,
  type ThreadJobs,
} from './thread-jobs.ts';

export interface PredictInput {
  readonly job: JobBytes;
  readonly shard: ShardPath;
  readonly model: NamedBytes;
}

export interface JoinInput {
  readonly job: JobBytes;
  /** The results of the score stage, in index order. */
  readonly scores: readonly Uint8Array[];
  /** Name of the data set that the predictions become. */
  readonly output: string;
}

export function predictFunctions(jobs: ThreadJobs, readFile: ReadFile) {
  return {
    async predict(input: PredictInput, progress: Progress): Promise<ShardPredictions> {
      const { plan, manifest, learner } = jobs.get(input.job);
      const { path, index } = input.shard;
      const read = await shardReader(manifest, columnsOf(plan));
      const frame = read(readFile(path), input.shard);
      progress(1, 3);
      const { features } = describeModel(input.model.bytes);
      const model = { features, predictor: jobs.open(input.model, learner) };
      progress(2, 3);
      return predictShard(plan, index, frame, manifest.columns, model);
    },
    'join-predictions'(input: JoinInput): Uint8Array {
      const { plan, manifest } = jobs.get(input.job);
      return joinPredictions(plan, input.output, manifest, input.scores);
    },
  };
}
