/**
 * Every bound and every default duration of the system, in one place, with the relations between
 * them asserted when the module loads. Durations are milliseconds, sizes are bytes.
 */
import { BugError } from './errors.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  heartbeatMs: 500,
  /** Silence after which the coordinator asks the node itself. */
  askAfterMs: 750,
  askTimeoutMs: 500,
  /** Silence of a node that is still connected, after which it is dead. */
  deadMs: 2_000,
  /** Each wrong verdict doubles that for the node, so many times at most; a calm minute takes one back. */
  wrongsMax: 3,
  wrongForgottenMs: 60_000,
  leaseMs: 3_000,
  leaseRenewMs: 1_000,
  takeoverMs: 5_000,
  tickMs: 250,
  /** How often the leader compares its tables with the records. */
  sweepMs: 5_000,
  /** A job that has not moved for so long says what it waits for; again after four times as long. */
  slowMs: 15_000,
  /** Task records of an ended job are removed after this long. */
  taskRecordsKeptMs: 60_000,
  /** Progress unchanged for longer, while the node beats, is a standstill. */
  stalledMs: 60_000,
  /** Or longer than so many times what the tasks of the stage, or the rounds, take (95th percentile). */
  stalledTimes: 5,
  /** Alone in a process of its own a task may stand still so many times longer before it is poison. */
  stalledAloneTimes: 4,
  /** A task at work for longer, and for twice what its like take, gets a copy where slots idle. */
  copyAfterMs: 2_000,
  copyTimes: 2,
  /** Copies of one task, one after the other; and at a time, one for so many tasks of the stage. */
  copiesMax: 2,
  tasksPerCopy: 10,
  /** A node that has died this often, or erred where others did not, within the window rests. */
  quarantineFaults: 3,
  quarantineWindowMs: 600_000,
  quarantineMs: 300_000,
  /** An offer that led to no claim is made again after this long. */
  offerRepeatMs: 1_000,
  /** A node that takes up none of so many offers in a row comes after others for so long. */
  unheededMax: 3,
  deafMs: 10_000,
  /** A job that has had nothing under way for this long goes before any priority. */
  starvedMs: 30_000,
  /** A draining worker finishes what it runs, for at most this long. */
  drainMs: 30_000,

  requestMs: 2_000,
  storeMs: 2_000,
  connectMs: 5_000,

  taskErrorsMax: 3,
  taskLossesMax: 3,
  tasksPerStageMax: 100_000,
  jobsActiveMax: 1_000,
  shardsMax: 65_536,
  /** Shards that one job may go on without, however many it has. */
  skippedShardsMax: 64,
  /** Slices of a job in rounds: each is a claim of its own. */
  slicesMax: 16_384,

  payloadMax: 1 * MiB,
  chunkBytes: 512 * KiB,
  chunksInFlight: 8,
  /** States and contributions of at most this size travel inside the messages of a round. */
  inlineRoundMax: 128 * KiB,
  /** A round's state is put by after this long, and when its leader is told to leave. */
  checkpointMs: 5_000,
  /** How long a new leader of rounds asks the holders for a newer state than the one put by. */
  probeMs: 500,
  /** Past this many nodes in a round, holders sum for each other before the leader does. */
  reduceFanIn: 8,
  /** Results of at most this size stand in the task's record instead of a blob. */
  inlineResultMax: 512,
  /** A blob that nothing names is condemned after this long, and removed after the rest. */
  blobGraceMs: 60 * 60_000,
  blobRestMs: 10 * 60_000,
  /** How often a leader looks for such blobs; how soon after it began; and when room is short. */
  collectMs: 5 * 60_000,
  collectFirstMs: 30_000,
  collectPressedMs: 30_000,
  /** Percent of the room for blobs: collection at once, and nothing new is taken in. */
  blobsHighPercent: 80,
  blobsFullPercent: 90,
  /** How often a node looks for copies of data that was removed; and how soon again after a failure. */
  cacheSweepMs: 10 * 60_000,
  cacheSweepRetryMs: 10_000,
  /** Ended jobs that are kept: as many, and as long. */
  jobsKeptMax: 10_000,
  jobsKeptMs: 7 * 24 * 60 * 60_000,
  /** An ended job is not removed before its submission can come again no more. */
  jobRemovableMs: 10_000,
  /** Ages count only while a process's wall clock has kept step with time for this long. */
  clockSteadyMs: 10 * 60_000,
  blobMax: 2 * 1024 * MiB,
  specMax: 256 * KiB,
  eventMax: 64 * KiB,
  recordMax: 900 * KiB,
  manifestMax: 64 * MiB,

  /** Steps before training, how often one may build on the fit of another, and columns they make. */
  preprocessStepsMax: 32,
  preprocessPassesMax: 3,
  preprocessColumnsMax: 4_096,
  preprocessBucketsMax: 4_096,

  mailboxMax: 65_536,
  outboxMax: 64,
  offersInFlightMax: 256,
  offersPerMessage: 64,
  submissionsInFlight: 64,
  restartsMax: 5,
  restartWindowMs: 60_000,
} as const;

function require(holds: boolean, relation: string): void {
  if (!holds) throw new BugError('limits', `limits contradict each other: ${relation}`);
}

require(limits.heartbeatMs < limits.askAfterMs, 'heartbeatMs < askAfterMs');
require(limits.askAfterMs + limits.askTimeoutMs <
  limits.deadMs, 'askAfterMs + askTimeoutMs < deadMs');
require(limits.leaseRenewMs * 2 < limits.leaseMs, 'leaseRenewMs * 2 < leaseMs');
require(limits.leaseMs < limits.takeoverMs, 'leaseMs < takeoverMs');
require(limits.tickMs * 2 <= limits.heartbeatMs, 'tickMs * 2 <= heartbeatMs');
require(limits.deadMs < limits.stalledMs, 'deadMs < stalledMs');
require(limits.quarantineMs <= limits.quarantineWindowMs, 'quarantineMs <= quarantineWindowMs');
require(limits.chunkBytes < limits.payloadMax, 'chunkBytes < payloadMax');
require(limits.inlineRoundMax < limits.chunkBytes, 'inlineRoundMax < chunkBytes');
require(limits.collectMs * 2 <= limits.blobGraceMs, 'collectMs * 2 <= blobGraceMs');
require(limits.blobsHighPercent < limits.blobsFullPercent, 'blobsHighPercent < blobsFullPercent');
require(limits.takeoverMs < limits.jobRemovableMs, 'takeoverMs < jobRemovableMs');
require(limits.jobRemovableMs < limits.taskRecordsKeptMs, 'jobRemovableMs < taskRecordsKeptMs');
require(limits.specMax < limits.recordMax, 'specMax < recordMax');
require(limits.recordMax < limits.payloadMax, 'recordMax < payloadMax');
