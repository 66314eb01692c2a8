/**
 * A role: which stages a node runs, and how it carries out one task of them.
 *
 * The runner owns claims, commits, heartbeats and failures; a role owns the work between claim and
 * commit. It computes only through `Compute`, so the thread that keeps the heartbeat stays free.
 */
import type { Digest, JobId, NodeId, Stage } from '../../schemas/ids.ts';
import type { RoundReport } from '../../schemas/wire.ts';
import type { TaskCost } from './task-cost.ts';

export interface TaskRequest {
  readonly job: JobId;
  readonly stage: Stage;
  readonly index: number;
  /** The job's plan, and the stage's inputs where it has any. */
  readonly plan: Digest;
  readonly inputs: Digest | null;
}

export interface TaskContext {
  /** Of the claim that the work is done under. */
  readonly node: NodeId;
  readonly nonce: string;
  readonly attempt: number;
  /** Raised when the work is of no use any more; its reason is an `AbortReason`. */
  readonly signal: AbortSignal;
  /** Run in a process of its own. */
  readonly isolated: boolean;
  /** Says that the work has moved on since the last call: data has come, or a counter has grown. */
  moved(): void;
  /** Counts what the work costs, for the record. */
  spend(cost: Partial<TaskCost>): void;
  /** How the rounds go; stands in every heartbeat until the task ends or another report comes. */
  report(round: RoundReport): void;
  /** Runs part of the work under a span of its own. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** What a task gives: its result in its canonical encoding, and what it says of itself. */
export interface TaskOutcome {
  readonly bytes: Uint8Array;
  /** JSON of at most `noteMax` bytes; stands in the task's record. */
  readonly note: string;
}

export const noteMax = 4096;

export interface Role {
  readonly name: 'worker' | 'aggregator';
  readonly stages: readonly Stage[];
  /** Tiny results may stand in the record: only the next stage of the job reads them. */
  readonly inlines: boolean;
  /** The task's result, in its canonical encoding. */
  execute(request: TaskRequest, context: TaskContext): Promise<Uint8Array | TaskOutcome>;
  /** Drops what is kept for a cancelled job. */
  forget(job: JobId): void;
  /** Called with every heartbeat: a chance to drop what has lain idle. */
  rest(nowMs: number): void;
  /** Drops copies of what is not stored any more, from memory and disk. */
  sweep?(): Promise<void>;
  /** What is kept in memory: the first 16 digits of manifest digests. */
  held(): readonly string[];
  /** How long rounds take here, by job; nothing where no slices are held. */
  paces?(): readonly { readonly job: string; readonly slices: number; readonly ms: number }[];
  /** Ends what the role listens to; all tasks have been aborted before. */
  stop?(): void;
}
