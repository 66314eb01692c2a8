/**
 * The leading coordinator's state: jobs, nodes, and what it knows of its own link.
 *
 * One value, changed only by `step`; the handlers note their effects in it, and `step` takes them
 * out. All of it can be rebuilt from the records, the heartbeats of a few seconds, and the clock.
 */
import type { BlobUsage } from '../../runtime/ports/blobs.ts';
import type { JobId, NodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { type Breakers, newBreakers } from './breakers.ts';
import { ended, type JobState } from './job-state.ts';
import type { CoordinatorEffect } from './messages.ts';
import { type NodeTable, newNodeTable } from './node-table.ts';
import { leastLoaded, type Placement } from './placement.ts';
import { newRetention, type RetentionState } from './retention.ts';

export interface Identity {
  readonly node: NodeId;
  readonly nonce: string;
  readonly term: number;
  readonly cluster: string;
}

export interface CoordinatorState {
  readonly me: Identity;
  readonly jobs: Map<JobId, JobState>;
  /** Ids of the jobs that have not ended. */
  readonly active: Set<JobId>;
  /** Keys of job records that cannot be read: taken, and left alone. */
  readonly unreadable: ReadonlySet<string>;
  readonly nodes: NodeTable;
  /** When leading began: nodes get one dead time to be heard before anybody is judged. */
  readonly startedMs: number;
  /** How nodes are chosen for tasks. */
  readonly placement: Placement;
  /** Of what the coordinator depends on; kept by whoever asks it. */
  readonly breakers: Breakers;
  /** Progress unchanged for longer is a standstill. */
  stalledAfterMs: number;
  nowMs: number;
  wallMs: number;
  linkProvenMs: number;
  linkUpSinceMs: number;
  crowdSilentSinceMs: number | null;
  sweepAtMs: number;
  /** When a job was last under way, for the idle exit. */
  busyMs: number;
  /** Another coordinator has written: this one must stop leading. */
  deposed: boolean;
  /** Somebody else has written a job's record: deposed with the end of the batch. */
  conflicted: boolean;
  /** Ended jobs whose task records are removed, each when its time has come. */
  readonly purges: Map<JobId, number>;
  readonly retention: RetentionState;
  /** How full the place of blobs is; null until it was looked at. */
  storage: BlobUsage | null;
  /** The tables changed in a way that may make room for offers. */
  pumpDue: boolean;
  effects: CoordinatorEffect[];
}

export function newState(
  me: Identity,
  jobs: Iterable<JobState>,
  nowMs: number,
  wallMs: number,
  unreadable: ReadonlySet<string> = new Set(),
  placement: Placement = leastLoaded,
  breakers: Breakers = newBreakers(),
): CoordinatorState {
  const all = new Map([...jobs].map((job) => [job.id, job]));
  return {
    me,
    jobs: all,
    active: new Set([...all.values()].filter((job) => !ended(job)).map((job) => job.id)),
    unreadable,
    nodes: newNodeTable(),
    stalledAfterMs: limits.stalledMs,
    startedMs: nowMs,
    placement,
    breakers,
    nowMs,
    wallMs,
    linkProvenMs: nowMs,
    linkUpSinceMs: nowMs,
    crowdSilentSinceMs: null,
    sweepAtMs: nowMs,
    busyMs: nowMs,
    deposed: false,
    conflicted: false,
    purges: new Map(),
    retention: newRetention(nowMs),
    storage: null,
    pumpDue: true,
    effects: [],
  };
}
