/**
 * What the coordinator is told, and what it asks for: two closed unions of plain data.
 */
import type { BlobUsage } from '../../runtime/ports/blobs.ts';
import type { Digest, JobId, NodeId, Stage } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import type {
  JobEvaluation,
  JobFailure,
  PurgeQuestion,
  QueryError,
  SkippedShard,
} from '../../schemas/views.ts';
import type { Heartbeat, JobRecord, Offer, TaskRecord } from '../../schemas/wire.ts';
import type { Dependency } from './breakers.ts';
import type { EventToPublish } from './event-chain.ts';
import type { JobState } from './job-state.ts';
import type { PlannedSearch, Replanning } from './lookup.ts';
import type { RemovalReason } from './retention.ts';

interface At {
  /** Monotonic and wall-clock milliseconds, stamped by the host. */
  readonly atMs: number;
  readonly wallMs: number;
}

export interface Submission {
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** `Nats-Msg-Id` of the message, if it had one. */
  readonly messageId: string | null;
  readonly traceparent: string | null;
}

export type ControlVerb = 'cancel' | 'pause' | 'resume';

export type CoordinatorEvent = At &
  (
    | { readonly type: 'tick' }
    | { readonly type: 'submission'; readonly submission: Submission; readonly delivery: number }
    | { readonly type: 'heartbeat'; readonly node: string; readonly heartbeat: Heartbeat }
    /** Our own heartbeat came back from the broker: the link works. */
    | { readonly type: 'echo' }
    | { readonly type: 'node-gone'; readonly node: string; readonly nonce: string }
    | {
        readonly type: 'task-record';
        readonly job: string;
        readonly task: string;
        readonly record: TaskRecord;
        readonly revision: number;
      }
    | { readonly type: 'task-written'; readonly job: string; readonly task: string }
    | {
        readonly type: 'planned';
        readonly job: JobId;
        readonly plan: JobPlan;
        readonly digest: Digest;
        readonly search?: PlannedSearch;
      }
    | { readonly type: 'refused'; readonly job: JobId; readonly failure: JobFailure }
    /** Work on behalf of a job could not be done now; it is tried again. */
    | {
        readonly type: 'setback';
        readonly job: JobId;
        readonly what: string;
        readonly message: string;
      }
    /** What the coordinator depends on answers again; `openedAtMs` by the wall clock. */
    | {
        readonly type: 'recovered';
        readonly dependency: Dependency;
        readonly cause: string;
        readonly openedAtMs: number;
      }
    /** Work on behalf of a job can never be done. */
    | { readonly type: 'broken'; readonly job: JobId; readonly failure: JobFailure }
    | {
        readonly type: 'input-stored';
        readonly job: JobId;
        readonly stage: Stage;
        readonly digest: Digest;
        /** Of the plan whose results were stored: that of another plan is of no use. */
        readonly plan: string;
      }
    | {
        readonly type: 'model-published';
        readonly job: JobId;
        readonly model: string;
        readonly digest: string;
        readonly metrics: Readonly<Record<string, unknown>> | null;
        readonly evaluation?: JobEvaluation | null;
      }
    | {
        readonly type: 'dataset-published';
        readonly job: JobId;
        readonly dataset: string;
        readonly digest: string;
      }
    | { readonly type: 'cleaned'; readonly job: JobId }
    | { readonly type: 'job-stored'; readonly job: JobId; readonly revision: number }
    | { readonly type: 'events-published'; readonly job: JobId; readonly n: number }
    | {
        readonly type: 'control';
        readonly verb: ControlVerb;
        readonly job: string;
        readonly reply: number;
      }
    | {
        readonly type: 'set';
        readonly job: string;
        /** As it came over the wire. */
        readonly change: unknown;
        readonly reply: number;
      }
    /** The job's plan with what a pass of its steps has come to is stored. */
    | {
        readonly type: 'plan-fitted';
        readonly job: JobId;
        /** Digest of the plan that it follows. */
        readonly before: string;
        readonly plan: JobPlan;
        readonly digest: Digest;
      }
    | { readonly type: 'drain'; readonly node: string; readonly reply: number }
    | { readonly type: 'snapshot'; readonly job: string; readonly reply: number }
    /** All task records of the job have been read. */
    | {
        readonly type: 'swept';
        readonly job: JobId;
        /** As the sweep was asked for. */
        readonly upTo: number;
        /** Tasks that have a record. */
        readonly found: ReadonlySet<string>;
      }
    /** A job that another coordinator accepted after this one had read its records. */
    | {
        readonly type: 'job-found';
        readonly record: JobRecord;
        readonly revision: number;
        readonly plan: JobPlan | null;
      }
    /** Somebody else wrote the job's record: this coordinator leads no longer, or wrote twice. */
    | { readonly type: 'job-conflict'; readonly job: JobId }
    | { readonly type: 'remove'; readonly job: string; readonly reply: number }
    /** A removal has ended; what is not gone is tried again. */
    | { readonly type: 'removal'; readonly job: JobId; readonly gone: boolean }
    /** Jobs that have ended, or are unknown, and have task records still. */
    | { readonly type: 'leftovers'; readonly jobs: readonly string[] }
    | { readonly type: 'storage'; readonly usage: BlobUsage }
    | { readonly type: 'purge'; readonly question: PurgeQuestion; readonly reply: number }
    /** The coordinator is about to close: workers are told to drain. */
    | { readonly type: 'close' }
  );

/** What a stage's end stores for the next one: results in index order. */
export interface InputToStore {
  readonly stage: Stage;
  /** Digest of the plan that the results belong to. */
  readonly plan: string;
  readonly results: readonly string[];
  /** Tiny results by digest. */
  readonly inline: ReadonlyMap<string, Uint8Array>;
}

export type CoordinatorEffect =
  | {
      readonly type: 'store-job';
      readonly job: JobId;
      readonly bytes: Uint8Array;
      readonly revision: number;
    }
  | {
      readonly type: 'publish-events';
      readonly job: JobId;
      readonly events: readonly EventToPublish[];
    }
  | { readonly type: 'settle'; readonly delivery: number }
  | {
      readonly type: 'plan';
      readonly job: JobId;
      readonly spec: NonNullable<JobState['spec']>;
      readonly traceparent: string;
      readonly before: Replanning;
    }
  | { readonly type: 'store-input'; readonly job: JobId; readonly input: InputToStore }
  | { readonly type: 'offer'; readonly node: NodeId; readonly offers: readonly Offer[] }
  | { readonly type: 'ask'; readonly node: NodeId; readonly nonce: string }
  | {
      readonly type: 'write-task';
      readonly job: JobId;
      readonly task: string;
      readonly record: TaskRecord;
      /** 0 to put back a record that is gone. */
      readonly revision: number;
    }
  | {
      readonly type: 'tell-node';
      readonly node: NodeId;
      readonly verb: 'cancel' | 'release' | 'withdraw' | 'drain' | 'close' | 'sweep' | 'replaced';
      readonly job: string;
      /** For `release`: what to let go of; all holds and leads of the job where it is empty. */
      readonly task: string;
      /** For `release` of a task that fills a slot: attempts up to this one are over. */
      readonly attempt?: number;
      /** For `replaced`: of the process that is meant. */
      readonly nonce?: string;
    }
  | {
      readonly type: 'publish-model';
      readonly job: JobId;
      readonly name: string;
      readonly plan: JobPlan;
      readonly digest: string;
      readonly measured: string | null;
      readonly spec: NonNullable<JobState['spec']>;
      readonly wallMs: number;
      readonly skipped: readonly SkippedShard[];
    }
  | {
      readonly type: 'publish-dataset';
      readonly job: JobId;
      readonly name: string;
      /** Digest of the manifest. */
      readonly manifest: string;
      readonly wallMs: number;
    }
  | {
      readonly type: 'snapshot';
      readonly job: JobId;
      readonly reply: number;
      readonly name: string;
      readonly plan: JobPlan;
      readonly spec: NonNullable<JobState['spec']>;
      readonly wallMs: number;
      /** When the job was accepted, by the wall clock. */
      readonly acceptedMs: number;
    }
  | { readonly type: 'clean'; readonly job: JobId }
  | {
      readonly type: 'remove-job';
      readonly job: JobId;
      readonly reason: RemovalReason;
      /** The question that asked for it, if one did. */
      readonly reply: number | null;
    }
  | {
      readonly type: 'store-plan';
      readonly job: JobId;
      readonly before: string;
      readonly plan: JobPlan;
    }
  | {
      readonly type: 'sweep';
      readonly job: JobId;
      /** Newest revision of its records that is known. */
      readonly upTo: number;
    }
  | {
      readonly type: 'reply';
      readonly reply: number;
      readonly value: unknown;
      readonly error: QueryError | null;
    }
  | {
      readonly type: 'span';
      readonly job: JobId;
      readonly traceparent: string;
      readonly span: SpanToEmit;
    }
  | {
      readonly type: 'log';
      readonly level: 'info' | 'warn';
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: 'count';
      readonly counter:
        | 'accepted'
        | 'ended'
        | 'joins'
        | 'leaves'
        | 'reassigned'
        | 'tasks-done'
        | 'refused'
        | 'placed'
        | 'copied'
        | 'quarantined'
        | 'job-seconds'
        | 'job-bytes';
      readonly by: number;
      /** Role, stage, phase or reason, as the counter has it. */
      readonly label: string;
      /** Role of the node that is gone. */
      readonly role?: string;
    };

/** A span to emit whole, with explicit times. */
export interface SpanToEmit {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Exists once a job: its id derives from the job's. */
  readonly once: boolean;
  /** The trace's root, whose ids the record holds already. */
  readonly root: boolean;
  readonly links: readonly string[];
  /** Trace context of a span whose process is gone: emitted in its name. */
  readonly standsFor: string | null;
  readonly error: string | null;
}
