/**
 * A role: which stages a node runs, and how it carries out one task of them.
 *
 * The runner owns claims, commits, heartbeats and failures; a role owns the work between claim and
 * commit. It computes only through `Compute`, so the thread that keeps the heartbeat stays free.
 */
import type { Digest, JobId, Stage } from '../../schemas/ids.ts';

export interface TaskRequest {
  readonly job: JobId;
  readonly stage: Stage;
  readonly index: number;
  /** The job's plan, and the stage's inputs where it has any. */
  readonly plan: Digest;
  readonly inputs: Digest | null;
}

export interface TaskContext {
  /** Raised when the work is of no use any more. */
  readonly signal: AbortSignal;
  /** Run in a process of its own. */
  readonly isolated: boolean;
  /** Says that the work has moved on since the last call: data has come, or a counter has grown. */
  moved(): void;
  /** Runs part of the work under a span of its own. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export interface Role {
  readonly name: 'worker' | 'aggregator';
  readonly stages: readonly Stage[];
  /** Tiny results may stand in the record: only the next stage of the job reads them. */
  readonly inlines: boolean;
  /** The task's result, in its canonical encoding. */
  execute(request: TaskRequest, context: TaskContext): Promise<Uint8Array>;
  /** Drops what is kept for a cancelled job. */
  forget(job: JobId): void;
  /** Called with every heartbeat: a chance to drop what has lain idle. */
  rest(nowMs: number): void;
  /** What is kept in memory: the first 16 digits of manifest digests. */
  held(): readonly string[];
}
