/**
 * What people and programs see of jobs and nodes: the stable JSON of queries, events and `--json`.
 */
import type { SearchView } from './job-search.ts';
import type { JobSettings, SettingsChange } from './job-settings.ts';
import type { SpecIssue } from './job-spec.ts';
import type { JobTime } from './job-time.ts';

export type Phase =
  | 'accepted'
  | 'planning'
  | 'preparing'
  | 'training'
  | 'reducing'
  | 'evaluating'
  | 'publishing'
  | 'paused'
  | 'cancelling'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'rejected';

export const finalPhases: ReadonlySet<Phase> = new Set([
  'completed',
  'failed',
  'cancelled',
  'rejected',
]);

/** Why a job is where it is: what is waited for, on which node, since when. */
export interface Wait {
  readonly what: string;
  readonly node: string | null;
  /** ISO 8601. */
  readonly since: string;
}

/** A task that a job stands still at, and what its node says of it; null where it says nothing. */
export interface StillTask {
  readonly task: string;
  readonly node: string | null;
  readonly attempt: number;
  /** Since the claim. */
  readonly seconds: number;
  readonly runningMs: number | null;
  /** Counter that grows while the task moves, and how long it has not. */
  readonly progress: number | null;
  readonly unchangedMs: number | null;
  /** Offers that wait at the node. */
  readonly queued: number | null;
  readonly nodeState: string | null;
  readonly silentMs: number | null;
}

/** A job that has not moved for a while: no claim, no result, no round, no change of phase. */
export interface Standstill {
  readonly seconds: number;
  /** In words: task, slice or round, node, and what the node says. */
  readonly what: string;
  readonly node: string | null;
  /** What it waits for, the longest first. */
  readonly tasks: readonly StillTask[];
}

export interface StageProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly running: number;
}

export interface JobFailure {
  readonly code: string;
  readonly message: string;
  readonly fix: string | null;
  readonly issues: readonly SpecIssue[];
}

/** How the rounds of a fit go, or went. */
export interface RoundsView {
  readonly fit: string;
  /** Rounds closed. */
  readonly round: number;
  /** `rounds`, `converged` or `early-stop`; null while they go on. */
  readonly ended: string | null;
  /** Of the round closed last. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What the scored fits came to, each and over all. */
export interface JobEvaluation {
  /** Blob with all that was measured, curves included: `Measured` in `schemas/measured.ts`. */
  readonly digest: string;
  readonly fits: readonly {
    readonly fit: string;
    readonly metrics: Readonly<Record<string, number | null>>;
  }[];
  /** Standard deviation of each score over the fits; null of fewer than two. */
  readonly spread: Readonly<Record<string, number | null>>;
}

/** A shard of the data set that a job has gone on without. */
export interface SkippedShard {
  /** As the data set counts them, from 0. */
  readonly shard: number;
  /** Null until the job has been planned without it. */
  readonly rows: number | null;
  readonly cause: string;
}

export interface JobView {
  readonly id: string;
  readonly phase: Phase;
  readonly waitingFor: Wait | null;
  /** Null for a job that predicts. */
  readonly algorithm: string | null;
  /** `name@version` once resolved, else as submitted. */
  readonly dataset: string | null;
  readonly task: string | null;
  readonly seed: number | null;
  /** `name@version` in the registry, once published; the one used, for a job that predicts. */
  readonly model: string | null;
  /** `name@version` of the data set that a job's predictions have become. */
  readonly output: string | null;
  /** Of the model; of the data set's manifest, for a job that predicts. */
  readonly digest: string | null;
  readonly exactness: 'exact' | 'recorded' | null;
  readonly metrics: Readonly<Record<string, unknown>> | null;
  /** What `metrics` are the means of; null before the end, and without evaluation. */
  readonly evaluation: JobEvaluation | null;
  /** The trials so far, and which leads; null for a job that does not search. */
  readonly search: SearchView | null;
  /** How the rounds of each fit go or went; null for a job of independent tasks. */
  readonly rounds: readonly RoundsView[] | null;
  /** `all` or `shard`. */
  readonly rows: string | null;
  readonly shards: number | null;
  /** Of the data set's shards, those that could not be had and that `skipShards` let it do without. */
  readonly skippedShards: readonly SkippedShard[];
  /** Highest attempt of any task: 1 means that nothing was ever done again. */
  readonly attempts: number;
  readonly moves: number;
  /** Tasks given to another node after a loss. */
  readonly reassigned: number;
  /** Late commits of fenced attempts that were refused. */
  readonly commitsRefused: number;
  readonly progress: StageProgress | null;
  readonly tasks: { readonly done: number; readonly total: number };
  readonly error: JobFailure | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly traceId: string | null;
  /** Events told so far, the digest of the last one, and how many the log has not taken yet. */
  readonly events: number;
  readonly head: string;
  readonly unpublished: number;
  /** What it has been standing still at for many seconds; null while it moves. */
  readonly standstill: Standstill | null;
  /** Where the time went. */
  readonly time: JobTime;
  /** As they hold now; the spec has them as submitted. Null for a job that has no spec. */
  readonly settings: JobSettings | null;
  /** Seconds that count towards the deadline: those of a pause do not. */
  readonly usedSeconds: number;
  /** Claims by nodes that had the data in memory already, and by others. */
  readonly placed: { readonly local: number; readonly remote: number };
  readonly spec: unknown;
}

export type NodeState = 'alive' | 'suspect' | 'dead' | 'draining' | 'left';

export interface NodeView {
  readonly id: string;
  readonly role: string;
  readonly state: NodeState;
  readonly host: string;
  readonly pid: number;
  readonly nonce: string;
  readonly slots: number;
  readonly running: readonly { job: string; task: string; attempt: number; runningMs: number }[];
  readonly silentMs: number;
  readonly uptimeMs: number;
  readonly tasksDone: number;
  readonly commitsRefused: number;
  readonly memoryBytes: number;
  readonly residentBytes: number;
  readonly loopLagMs: number;
  readonly learners: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly version: string;
  readonly messages: number;
  /** Why it gets no work while there are other nodes, and until when, ISO 8601; null mostly. */
  readonly quarantine: { readonly reason: string; readonly until: string } | null;
}

/** Questions to the leading coordinator: JSON in, JSON out, on `shoal.coordinator.<verb>`. */
export interface Queries {
  /** Newest first, without their specs; a page of what fits in a message, from this place on. */
  jobs: { ask: { from?: number }; answer: JobView[] };
  job: { ask: { id: string }; answer: JobView };
  /** Tasks of the stage under way; a page, like jobs. */
  tasks: { ask: { id: string; from?: number }; answer: TaskView[] };
  cancel: { ask: { id: string }; answer: JobView };
  pause: { ask: { id: string }; answer: JobView };
  resume: { ask: { id: string }; answer: JobView };
  /** Changes workers, priority or deadline of a job under way; what is left out stays. */
  set: { ask: { id: string } & SettingsChange; answer: JobView };
  /** Enters the state that a job in rounds has put by as a model. */
  snapshot: { ask: { id: string }; answer: SnapshotView };
  nodes: { ask: Record<string, never>; answer: NodeView[] };
  drain: { ask: { id: string }; answer: NodeView };
  /** Removes the records and events of an ended job; its model stays. */
  remove: { ask: { id: string }; answer: { readonly removed: string } };
  /** Asked before versions are purged, and once more, with `done`, when that is over. */
  purge: { ask: PurgeQuestion; answer: PurgeView };
  status: { ask: Record<string, never>; answer: ClusterView };
}
export type QueryVerb = keyof Queries;

/** Every verb, for whoever listens to them or lists them. */
export const queryVerbs = [
  'jobs',
  'job',
  'tasks',
  'cancel',
  'pause',
  'resume',
  'set',
  'snapshot',
  'nodes',
  'drain',
  'remove',
  'purge',
  'status',
] as const satisfies readonly QueryVerb[];

/** Versions of a data set or of a model that are to be purged, or have been. */
export interface PurgeQuestion {
  /** Name of the data set or model. */
  readonly id: string;
  readonly kind: 'dataset' | 'model';
  readonly versions: readonly number[];
  /** Whether jobs under way that use them are failed; else they are a reason to refuse. */
  readonly force?: boolean;
  /** They are gone: nodes are told to look for copies that they keep. */
  readonly done?: boolean;
}

export interface PurgeView {
  /** Jobs that were failed. */
  readonly failed: readonly string[];
}

/** A model taken from a job that is still in training. */
export interface SnapshotView {
  /** `name@version` */
  readonly model: string;
  readonly digest: string;
  readonly job: string;
  readonly fit: string;
  /** Rounds closed. */
  readonly round: number;
  /** Of the round closed last. */
  readonly metrics: Readonly<Record<string, number>>;
  /** ISO 8601: when the state was put by. */
  readonly at: string;
}

export interface TaskView {
  readonly task: string;
  readonly state: 'pending' | 'claimed' | 'done' | 'failed';
  readonly attempt: number;
  readonly node: string | null;
  readonly result: string | null;
  readonly losses: number;
  readonly errors: readonly { node: string; attempt: number; code: string; message: string }[];
}

export interface ClusterView {
  readonly cluster: string;
  readonly coordinator: string;
  readonly term: number;
  readonly jobs: number;
  readonly nodes: number;
  readonly slots: number;
  readonly busy: number;
  /** Name of the policy that chooses nodes for tasks. */
  readonly placement: string;
  /** What the coordinator depends on and does not get answers from; empty when all is well. */
  readonly breakers: readonly BreakerView[];
  /** Room that blobs take and may take, in bytes; null before it was looked at, or without a bound. */
  readonly storage: { readonly bytes: number; readonly maxBytes: number | null } | null;
}

export interface BreakerView {
  /** `storage` or `blobs`. */
  readonly dependency: string;
  readonly state: 'open' | 'half-open';
  readonly cause: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface QueryError {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly fix?: string;
}

export type QueryReply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: QueryError };

/** A job event, as stored under `jobs.<job>.events.<n>.<kind>`; more fields depend on the kind. */
export interface JobEvent {
  readonly job: string;
  readonly n: number;
  readonly kind: EventKind;
  /** ISO 8601, for people. */
  readonly at: string;
  /** What led to it: a submission, a task, a node, a verdict. */
  readonly cause: string;
  /** SHA-256 of the previous event's bytes; 64 zeros for the first. */
  readonly previous: string;
  readonly [field: string]: unknown;
}

export type EventKind =
  | 'accepted'
  | 'rejected'
  | 'planned'
  | 'phase'
  /** `{from, to}`: settings that were changed while the job was under way. */
  | 'changed'
  /** `{tasks:[{task,node,attempt}]}`: claimed by nodes. */
  | 'tasks-dispatched'
  /** `{tasks:[{task,node,attempt,ms,result}], stage, done, total}` */
  | 'tasks-done'
  /** `{node, verdict, tasks:[...]}` */
  | 'node-lost'
  /** `{task, attempt, from, reason}`, and `{seconds}` that it stood still where it was stalled */
  | 'task-reassigned'
  /** `{task, attempt, node, beside}`: a second attempt beside the slow one of another node. */
  | 'task-copied'
  /** `{node, reason, until}`: a node that worked for the job gets no more work for a while. */
  | 'node-quarantined'
  /**
   * `{tasks:[{task, attempt, from, reason}]}`: slices and rounds that went to other nodes; `moved`
   * is for balance or to free a node, no loss and no attempt.
   */
  | 'holds-reassigned'
  /** `{fit, from, round, metrics, slowest, slowestMs, inputs}`: rounds that closed since. */
  | 'rounds'
  /** `{fit, round, ended, metrics, totalMs, waitMs, closeMs, bytes}` */
  | 'rounds-ended'
  | 'task-error'
  /** `{shard, rows, reason, of}`: the job goes on without a shard, planned anew. */
  | 'shard-skipped'
  | 'commit-refused'
  /** `{dependency, state, openedAt, cause}`: what the job waited for answers again. */
  | 'breaker'
  | 'waiting'
  /** `{seconds, what, node, tasks}`: the job has not moved for so long. */
  | 'slow'
  /** `{step, of, metric, trials:[{trial, score}], best}`: a step of a search was measured. */
  | 'searched'
  | 'evaluated'
  | 'published'
  | 'completed'
  | 'failed'
  | 'cancelled';
