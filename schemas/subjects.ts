/**
 * The subject grammar: the only place where subjects, streams, buckets and keys are spelled.
 *
 * `jobs.submit` and `jobs.<job>.events.<n>.<kind>` stand bare, so that the stock tools can be used
 * without explanation; everything else is under `shoal.`. An optional prefix lets two clusters
 * share an account. `docs/protocol.md` lists the same grammar for other languages.
 */
import { TerminalError } from './errors.ts';
import { type Digest, isToken, type JobId, type NodeId, parseJobId, type TaskId } from './ids.ts';

/** JetStream streams, with the subjects that each stores. */
export const streams = {
  jobs: { name: 'SHOAL_JOBS', subjects: ['jobs.submit'] },
  events: { name: 'SHOAL_EVENTS', subjects: ['jobs.*.events.>'] },
  blobs: { name: 'SHOAL_BLOBS', subjects: ['shoal.blobs.>'] },
} as const;

/** Key-value buckets: records changed by compare-and-set. */
export const buckets = {
  cluster: 'SHOAL_CLUSTER',
  jobs: 'SHOAL_JOB_RECORDS',
  tasks: 'SHOAL_TASK_RECORDS',
  datasets: 'SHOAL_DATASETS',
  models: 'SHOAL_MODELS',
  blobs: 'SHOAL_BLOB_RECORDS',
  rounds: 'SHOAL_ROUND_STATES',
} as const;
export type Bucket = keyof typeof buckets;

export const keys = {
  layout: 'layout',
  /** How far each stream had got, a while ago. */
  marks: 'marks',
  lease: 'lease.coordinator',
  task: (job: JobId, task: TaskId): string => `${job}.${task}`,
  tasksOf: (job: JobId): string => `${job}.`,
  roundState: (job: JobId, fit: number): string => `${job}.${fit}`,
  roundChunk: (job: JobId, fit: number, slot: number, n: number): string =>
    `${job}.${fit}.${slot}.${n}`,
  roundStatesOf: (job: JobId): string => `${job}.`,
};

/**
 * The id of a submission that brings none, or whose own cannot be used: from its place in the
 * stream, as JetStream's acknowledgement tells it, so that a redelivery makes the same id.
 */
export function submissionId(seq: number): JobId {
  return `j-${streams.jobs.name}-${seq}` as JobId;
}

/** Builders of every subject, under an optional prefix of one token. */
export function subjects(prefix = '') {
  if (prefix !== '' && !isToken(prefix)) {
    throw new TerminalError(
      'bad-prefix',
      `subject prefix ${JSON.stringify(prefix)} is not one token`,
    );
  }
  const root = prefix === '' ? '' : `${prefix}.`;
  const node = (id: NodeId | '*') => `${root}shoal.nodes.${id}`;
  return {
    submit: `${root}jobs.submit`,
    event: (job: JobId, n: number, kind: string) => `${root}jobs.${job}.events.${n}.${kind}`,
    eventsOf: (job: JobId) => `${root}jobs.${job}.events.>`,
    allEvents: `${root}jobs.*.events.>`,
    heartbeat: (id: NodeId | '*') => `${node(id)}.heartbeat`,
    offers: (id: NodeId) => `${node(id)}.offers`,
    control: (id: NodeId) => `${node(id)}.control`,
    /** Requests for chunks of states and contributions that a node keeps ready, and for sums. */
    pull: (id: NodeId) => `${node(id)}.pull`,
    reduce: (id: NodeId) => `${node(id)}.reduce`,
    roundOpen: (job: JobId, fit: number, leader: NodeId | '*') =>
      `${root}shoal.rounds.${job}.${fit}.open.${leader}`,
    roundReady: (job: JobId, fit: number, holder: NodeId | '*') =>
      `${root}shoal.rounds.${job}.${fit}.ready.${holder}`,
    chunk: (digest: Digest, n: number) => `${root}shoal.blobs.${digest}.${n}`,
    chunksOf: (digest: Digest) => `${root}shoal.blobs.${digest}.>`,
    /** Questions to the leading coordinator; see `schemas/queries.ts`. */
    query: (verb: string) => `${root}shoal.coordinator.${verb}`,
  };
}
export type Subjects = ReturnType<typeof subjects>;

/** Reads `jobs.<job>.events.<n>.<kind>`, with or without a prefix. */
export function parseEventSubject(subject: string): { job: JobId; n: number; kind: string } {
  const match = /^(?:[A-Za-z0-9_-]+\.)?jobs\.([^.]+)\.events\.(\d{1,15})\.([a-z-]+)$/.exec(subject);
  if (match === null) {
    throw new TerminalError('bad-subject', `subject ${JSON.stringify(subject)} is not a job event`);
  }
  return { job: parseJobId(match[1] as string), n: Number(match[2]), kind: match[3] as string };
}

/** The node named in `shoal.nodes.<node>.*`: identity comes from the subject, not the payload. */
export function nodeOfSubject(subject: string): string {
  const parts = subject.split('.');
  const at = parts.indexOf('nodes');
  return parts[at + 1] ?? '';
}
