/**
 * What the package gives to programs: the client, and all that a learner of one's own needs.
 *
 * `connect()` is the composition root of the SDK; nothing here reads the environment. The adapters
 * are loaded when a connection is opened, so that a file with a learner stays quick to load.
 */
import { clientOver, type ShoalClient } from './client/client.ts';
import type { Learners } from './learners/learner.ts';
import { nodeClock } from './runtime/node/clock.ts';
import { nodeRandom } from './runtime/node/random.ts';

export { clientOver, type ExportedModel, ShoalClient } from './client/client.ts';
export type { DatasetDetail, DatasetView, PutShard } from './client/datasets.ts';
export {
  BrokenChainError,
  JobCancelledError,
  JobFailedError,
  JobRejectedError,
  NoCoordinatorError,
  NotFoundError,
  WaitTimeoutError,
} from './client/errors.ts';
export type { ChainFault, ChainReport } from './client/job-chain.ts';
export type {
  EventsOptions,
  Explanation,
  JobHandle,
  WaitOptions,
} from './client/job-handle.ts';
export { type Story, storyOf } from './client/job-story.ts';
export type {
  Cell,
  FramePrediction,
  ModelHandle,
  Row,
  RowPrediction,
} from './client/model-handle.ts';
export type { ModelView } from './client/models.ts';
export type { ByteSource } from './datasets/csv-types.ts';
export { DataError } from './datasets/data-error.ts';
export { type DataOptions, type SettledData, settleData } from './datasets/data-import.ts';
export type { Column, ColumnKind, ColumnSchema, Frame } from './datasets/frame.ts';
export type { Manifest } from './datasets/manifest.ts';
export type { DataFile } from './datasets/raw-table.ts';
export { inSplit, type RowSplit, splitRows } from './datasets/row-split.ts';
export { defineLearner, learners, learnersOf } from './learners/catalogue.ts';
export { LearnerError, ModelError } from './learners/errors.ts';
export type {
  Learner,
  Learners,
  Predictor,
  Problem,
  Progress,
  RowSource,
  TaskKind,
} from './learners/learner.ts';
export {
  asModelError,
  type ModelHeader,
  modelHeader,
  readModelHeader,
  writeModelHeader,
} from './learners/model.ts';
export type { Param, ParamTable } from './learners/params.ts';
export { hash32 } from './learners/random.ts';
export type {
  Closed,
  HeldSlice,
  HolderState,
  Mode,
  RoundPlace,
  RoundsLearner,
} from './learners/rounds-learner.ts';
export {
  doublesOf,
  readTensors,
  type Tensor,
  type TensorData,
  type Tensors,
  writeTensors,
} from './learners/tensors.ts';
export { dataFile } from './runtime/node/file-bytes.ts';
export { CanonicalReader, CanonicalWriter } from './schemas/canonical.ts';
export { ShoalError } from './schemas/errors.ts';
export type { JobSpecInput, SpecIssue } from './schemas/job-spec.ts';
export { jobSpecJsonSchema } from './schemas/job-spec.ts';
export type { JobEvent, JobView, NodeView, TaskView } from './schemas/views.ts';

export interface ConnectOptions {
  /** One URL or several of one cluster of servers; `nats://127.0.0.1:4222` by default. */
  readonly nats?: string | readonly string[];
  /** Path of a credentials file. */
  readonly creds?: string;
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
  };
  /** Prefix of all subjects, where two clusters share an account. */
  readonly prefix?: string;
  /** Shown to operators of the nats-server. */
  readonly name?: string;
  /** Learners whose models can be opened here; the built-in ones by default. */
  readonly learners?: Learners;
  readonly allowOldServer?: boolean;
  /** How long to try to reach the server; 5 s by default. */
  readonly connectMs?: number;
  /** How long one answer of the coordinator may take; 2 s by default. */
  readonly requestMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Connects to a cluster that is running. Dispose of the client (`await using`) to close it.
 * @throws ShoalError `not-connected`, `denied`, `no-cluster`, `old-server`
 */
export async function connect(options: ConnectOptions = {}): Promise<ShoalClient> {
  const { connectNats } = await import('./runtime/nats/connect.ts');
  const { nats, learners: known, name, requestMs, ...rest } = options;
  const clock = nodeClock();
  const bus = await connectNats({
    ...rest,
    servers: nats ?? 'nats://127.0.0.1:4222',
    name: name ?? 'shoal-sdk',
    clock,
    createLayout: false,
  });
  return clientOver(bus, clock, nodeRandom(), { learners: known, requestMs });
}
