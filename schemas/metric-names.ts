/**
 * Every metric that a process of shoal keeps: name, kind, labels, unit and meaning.
 *
 * `docs/operations.md` shows this table, and a test compares the two. Labels have few values; ids
 * of jobs and tasks are never labels.
 */
export interface MetricShape {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram's buckets, ascending, without the last, endless one. */
  readonly buckets?: readonly number[];
}

const secondsBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

export const metricShapes = {
  shoal_messages_received_total: {
    kind: 'counter',
    labels: ['kind'],
    help: 'messages received, by kind: heartbeat, offers, control, query, submission',
  },
  shoal_messages_sent_total: {
    kind: 'counter',
    labels: ['kind'],
    help: 'messages sent, by kind',
  },
  shoal_messages_refused_total: {
    kind: 'counter',
    labels: ['reason'],
    help: 'messages not acted upon: bad-message, stale-term',
  },
  shoal_nodes_joined_total: {
    kind: 'counter',
    labels: ['role'],
    help: 'nodes seen for the first time, or again under a new boot nonce',
  },
  shoal_nodes_left_total: {
    kind: 'counter',
    labels: ['role', 'reason'],
    help: 'nodes gone: left (in good order), dead',
  },
  shoal_jobs_total: {
    kind: 'counter',
    labels: ['phase'],
    help: 'jobs that ended: completed, failed, cancelled, rejected',
  },
  shoal_job_seconds_total: {
    kind: 'counter',
    labels: ['part'],
    help: 'where the time of ended jobs went, seconds: compute, cpu, fetch, store, slowest (waiting for the slowest), coordination, paused, redone',
  },
  shoal_job_bytes_total: {
    kind: 'counter',
    labels: ['direction'],
    help: 'bytes that ended jobs moved over the network: fetched, stored',
  },
  shoal_jobs: { kind: 'gauge', labels: [], help: 'jobs that have not ended' },
  shoal_tasks_total: {
    kind: 'counter',
    labels: ['stage', 'outcome'],
    help: 'task attempts that ended: committed, refused, error, cancelled',
  },
  shoal_task_seconds: {
    kind: 'histogram',
    labels: ['stage'],
    help: 'computing time of committed attempts, seconds',
    buckets: secondsBuckets,
  },
  shoal_reassignments_total: {
    kind: 'counter',
    labels: ['reason'],
    help: 'tasks given to another attempt: lost (its node died), left (in good order), stalled',
  },
  shoal_copies_total: {
    kind: 'counter',
    labels: [],
    help: 'copies of slow tasks given to idle nodes',
  },
  shoal_quarantines_total: {
    kind: 'counter',
    labels: ['role'],
    help: 'nodes that get no work for a while: they died or erred where others did not',
  },
  shoal_commits_refused_total: {
    kind: 'counter',
    labels: [],
    help: 'commits refused because another attempt had been admitted',
  },
  shoal_nondeterminism_total: {
    kind: 'counter',
    labels: [],
    help: 'attempts of one task whose results differ: never to be above 0',
  },
  shoal_rounds_total: {
    kind: 'counter',
    labels: [],
    help: 'rounds closed by this process as their leader',
  },
  shoal_round_seconds: {
    kind: 'histogram',
    labels: [],
    help: 'from the opening of a round to its closing, seconds',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10, 60, 300],
  },
  shoal_round_bytes_pulled_total: {
    kind: 'counter',
    labels: ['what'],
    help: 'bytes that came from other nodes in rounds: state, share',
  },
  shoal_round_refusals_total: {
    kind: 'counter',
    labels: ['reason'],
    help: 'messages of rounds not counted: bad-share, stale-attempt, stale-open, wrong-state, bad-digest, other-plan',
  },
  shoal_shard_bytes_fetched_total: {
    kind: 'counter',
    labels: [],
    help: 'bytes of shards that were not on this host yet',
  },
  shoal_compute_busy_seconds_total: {
    kind: 'counter',
    labels: [],
    help: 'seconds that compute threads were at work, all threads together',
  },
  shoal_blob_bytes: {
    kind: 'gauge',
    labels: [],
    help: 'bytes that blobs take on the broker, as the leader saw it last',
  },
  shoal_blobs_unnamed: {
    kind: 'gauge',
    labels: [],
    help: 'blobs that no record named when the leader looked last',
  },
  shoal_blobs_damaged: {
    kind: 'gauge',
    labels: [],
    help: 'blobs whose stored bytes a reader found damaged, as the leader saw it last: never to be above 0',
  },
  shoal_blobs_collected_total: {
    kind: 'counter',
    labels: [],
    help: 'blobs removed because nothing named them',
  },
  shoal_jobs_removed_total: {
    kind: 'counter',
    labels: ['reason'],
    help: 'ended jobs whose records and events were removed: age, number, request',
  },
  shoal_placements_total: {
    kind: 'counter',
    labels: ['data'],
    help: 'tasks and slices of rounds begun where the data was in memory (local), or not (fetched)',
  },
  shoal_breaker_open: {
    kind: 'gauge',
    labels: ['dependency'],
    help: '1 while what the coordinator depends on keeps failing: storage, blobs',
  },
  shoal_leader: { kind: 'gauge', labels: [], help: '1 while this process leads' },
  shoal_link_changes_total: {
    kind: 'counter',
    labels: ['state'],
    help: 'changes of the link to the broker: connected, disconnected',
  },
  shoal_loop_lag_seconds: {
    kind: 'gauge',
    labels: [],
    help: 'delay of the event loop at the last heartbeat, seconds',
  },
} as const satisfies Record<string, MetricShape>;

type Shapes = typeof metricShapes;
export type MetricName = keyof Shapes;
type NamesOf<K extends MetricShape['kind']> = {
  [N in MetricName]: Shapes[N]['kind'] extends K ? N : never;
}[MetricName];
export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;
/** Exactly the labels that the table gives to the metric. */
export type LabelsOf<N extends MetricName> = Readonly<Record<Shapes[N]['labels'][number], string>>;
