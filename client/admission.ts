/**
 * What became of a submission: was it taken as the job that it names, or refused?
 *
 * A refusal stands under an id of its own, made from the submission's place in the stream, so that
 * the job that holds the wanted id is not touched by it. So both places are watched, and an
 * `accepted` event counts only when it carries the digest of this very spec.
 */
import type { Bus } from '../runtime/bus.ts';
import type { JobId } from '../schemas/ids.ts';
import type { SpecIssue } from '../schemas/job-spec.ts';
import { submissionId } from '../schemas/subjects.ts';
import type { JobEvent } from '../schemas/views.ts';
import { JobRejectedError } from './errors.ts';
import { readEvent } from './event-chain.ts';

export class Admission {
  private readonly bus: Bus;
  private readonly id: JobId;
  private readonly seq: number;
  private readonly specDigest: string;
  private outcome: Promise<void> | undefined;

  constructor(bus: Bus, id: JobId, seq: number, specDigest: string) {
    this.bus = bus;
    this.id = id;
    this.seq = seq;
    this.specDigest = specDigest;
  }

  /**
   * Resolves when the job was accepted. @throws JobRejectedError
   */
  decided(signal?: AbortSignal): Promise<void> {
    if (signal !== undefined && this.outcome === undefined) {
      // A wait that is given up must not become the answer to the next one.
      return this.watch(signal).then(() => {
        this.outcome = Promise.resolve();
      });
    }
    this.outcome ??= this.watch();
    return this.outcome;
  }

  private async watch(signal?: AbortSignal): Promise<void> {
    const own = new AbortController();
    const until = signal === undefined ? own.signal : AbortSignal.any([own.signal, signal]);
    const places = [this.id, submissionId(this.seq)].map((id) => this.verdictAt(id, until));
    try {
      await Promise.race(places);
      signal?.throwIfAborted();
    } finally {
      own.abort();
      await Promise.allSettled(places);
    }
  }

  /** Whether a `rejected` event is about an earlier submission under the same id. */
  isPast(event: JobEvent): boolean {
    return typeof event.submissionSeq === 'number' && event.submissionSeq < this.seq;
  }

  /** Resolves once accepted under this id, or when the signal ends the wait. */
  private async verdictAt(id: JobId, signal: AbortSignal): Promise<void> {
    const entries = this.bus.journal.read(this.bus.subjects.eventsOf(id), { follow: true, signal });
    for await (const entry of entries) {
      const event = readEvent(id, entry.subject, entry.bytes);
      if (!this.concerns(event)) continue;
      if (event.kind === 'accepted') return;
      if (event.kind === 'rejected') throw rejectionOf(event);
    }
  }

  private concerns(event: JobEvent): boolean {
    if (event.submissionSeq === this.seq) return true;
    return event.kind === 'accepted' && event.specDigest === this.specDigest;
  }
}

/** A `rejected` event as an error. */
export function rejectionOf(event: JobEvent): JobRejectedError {
  const error = (event.error ?? event) as {
    code?: unknown;
    message?: unknown;
    fix?: unknown;
    issues?: unknown;
  };
  return new JobRejectedError(
    event.job,
    {
      code: typeof error.code === 'string' ? error.code : 'invalid-spec',
      message: typeof error.message === 'string' ? error.message : 'no reason was given',
      fix: typeof error.fix === 'string' ? error.fix : null,
    },
    Array.isArray(error.issues) ? (error.issues as SpecIssue[]) : [],
  );
}
