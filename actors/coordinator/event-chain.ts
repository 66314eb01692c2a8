/**
 * The job's event log: numbered, chained by hash, kept in the record's outbox until published.
 *
 * The record is the truth and the log is derived from it: an event exists once the record that
 * holds it in its outbox has been written. Anybody can verify a log: each event names the SHA-256
 * of the bytes of the one before.
 */
import { sha256Hex } from '../../schemas/canonical.ts';
import type { EventKind } from '../../schemas/views.ts';
import type { JobState } from './job-state.ts';

export interface EventToPublish {
  readonly job: string;
  readonly n: number;
  readonly kind: string;
  readonly json: Uint8Array;
}

/** Kinds that say of a job that it does not move, or what others did. */
const quietKinds: ReadonlySet<EventKind> = new Set([
  ...(['waiting', 'slow', 'commit-refused', 'breaker', 'node-quarantined'] as const),
]);

/** Appends an event to the job's outbox and marks the job for writing. */
export function tell(
  job: JobState,
  kind: EventKind,
  cause: string,
  wallMs: number,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const { record } = job;
  const n = record.events + 1;
  const event = {
    job: job.id,
    n,
    kind,
    at: new Date(wallMs).toISOString(),
    cause,
    previous: record.lastHash,
    ...fields,
  };
  const json = new TextEncoder().encode(JSON.stringify(event));
  record.events = n;
  record.lastHash = sha256Hex(json);
  record.outbox.push({ n, kind, json });
  if (quietKinds.has(kind)) job.quietEvents += 1;
  job.dirty = true;
}

/** Events that wait to be published. */
export function unpublished(job: JobState): EventToPublish[] {
  return job.record.outbox.map((event) => ({
    job: job.id,
    n: Number(event.n ?? 0),
    kind: event.kind ?? '',
    json: event.json ?? new Uint8Array(),
  }));
}

/** Forgets the events up to number `n`, which are in the log; the next write of the record says so. */
export function published(job: JobState, n: number): void {
  job.record.outbox = job.record.outbox.filter((event) => Number(event.n ?? 0) > n);
}
