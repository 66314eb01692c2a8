/**
 * All that a task runner can be told. Every event that leads to a decision about time carries
 * `atMs`, monotonic milliseconds; a run is named by a number of this process's own, so the outcome
 * of work that was given up can never be taken for that of a later claim of the same task.
 */
import type { TaskRecord } from '../../schemas/wire.ts';

/** An offer with the term of the coordinator that made it. */
export interface TermOffer {
  readonly term: number;
  readonly job: string;
  readonly task: string;
  readonly attempt: number;
  /** Digest of the job's plan. */
  readonly plan: string;
  /** Digest of the stage's inputs; empty where the plan says all. */
  readonly input: string;
  readonly isolated: boolean;
  /** Of the job; 0 where the coordinator does not say. */
  readonly priority?: number;
  readonly traceparent: string;
  /** A copy beside another attempt: the record names us as its holder already. */
  readonly copy?: boolean;
}

/** A claim that is ours: the record as it was written, and the revision to commit at. */
export interface Claim {
  readonly key: string;
  /** The attempt that is ours; of a copy, not the one that the record leads with. */
  readonly attempt: number;
  readonly revision: number;
  readonly record: TaskRecord;
}

export interface Failure {
  readonly code: string;
  /** Never holds cell values. */
  readonly message: string;
  /** What it is about, where that is known: `shards.3`. */
  readonly path?: string;
  /** The isolated process died: this is poison, not an error that the task reported. */
  readonly died: boolean;
}

export type RunnerEvent =
  | { readonly type: 'offers'; readonly atMs: number; readonly offers: readonly TermOffer[] }
  /** Offers of the job that wait here are for others now; what runs goes on. */
  | { readonly type: 'withdraw'; readonly atMs: number; readonly job: string }
  | { readonly type: 'claimed'; readonly run: number; readonly atMs: number; readonly claim: Claim }
  /** Somebody else has it, or the attempt is not admitted any more. */
  | { readonly type: 'not-claimed'; readonly run: number; readonly atMs: number }
  | {
      readonly type: 'computed';
      readonly run: number;
      readonly atMs: number;
      readonly bytes: Uint8Array;
      /** What the work says of itself, JSON; empty for none. */
      readonly note: string;
      readonly computeMs: number;
    }
  | {
      readonly type: 'stored';
      readonly run: number;
      readonly atMs: number;
      readonly digest: string;
      /** The bytes, where they go into the record; empty where they are a blob. */
      readonly inline: Uint8Array;
    }
  | { readonly type: 'committed'; readonly run: number; readonly atMs: number }
  /** The record no longer holds our claim. */
  | { readonly type: 'refused'; readonly run: number; readonly atMs: number }
  | {
      readonly type: 'failed';
      readonly run: number;
      readonly atMs: number;
      readonly failure: Failure;
    }
  /** The failure stands in the record. */
  | { readonly type: 'reported'; readonly run: number; readonly atMs: number }
  /** Aborted work has ended. */
  | { readonly type: 'stopped'; readonly run: number; readonly atMs: number }
  /** The broker did not answer, or the link is down: the same effect is due again later. */
  | {
      readonly type: 'setback';
      readonly run: number;
      readonly atMs: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: 'ping'; readonly atMs: number; readonly reply: number }
  | { readonly type: 'cancel'; readonly atMs: number; readonly job: string; readonly term: number }
  /**
   * Lets go of a hold or a lead of rounds, of all of the job where no task is named; of a task that
   * computes a result where an attempt is named, up to which it is over.
   */
  | {
      readonly type: 'release';
      readonly atMs: number;
      readonly job: string;
      readonly task: string;
      readonly attempt: number;
      readonly term: number;
    }
  | { readonly type: 'drain'; readonly atMs: number; readonly reason: string }
  | {
      readonly type: 'tick';
      readonly atMs: number;
      /** Progress counter of each run that computes. */
      readonly progress: ReadonlyMap<number, number>;
    }
  | { readonly type: 'link'; readonly atMs: number; readonly connected: boolean };
