/**
 * The chain of a job's events: each names the SHA-256 of the one before.
 *
 * Takes entries as the journal hands them out and gives back events in order of their number, each
 * checked against its predecessor. A repeated entry is passed over; one that arrives early waits, and
 * when nothing more comes what it waits for is missing.
 */
import { sha256Hex } from '../schemas/canonical.ts';
import { parseEventSubject } from '../schemas/subjects.ts';
import type { JobEvent } from '../schemas/views.ts';
import { BrokenChainError } from './errors.ts';

export const chainStart = '0'.repeat(64);
/** Entries that may wait for an earlier one before the chain counts as broken. */
const waitingMax = 1024;

/** A single event, as read; its place in the chain is not checked. */
export function readEvent(job: string, subject: string, bytes: Uint8Array): JobEvent {
  const named = parseEventSubject(subject);
  let event: JobEvent;
  try {
    event = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as JobEvent;
  } catch {
    throw new BrokenChainError(job, named.n, 'is not JSON');
  }
  if (event.job !== named.job || event.n !== named.n || event.kind !== named.kind) {
    throw new BrokenChainError(job, named.n, `does not say what its subject "${subject}" says`);
  }
  return event;
}

export class EventChain {
  readonly job: string;
  /** Digest of the last event that was handed out. */
  head = chainStart;
  private next = 1;
  /** Of each event that was handed out. */
  readonly digests: string[] = [];
  private readonly waiting = new Map<number, { event: JobEvent; bytes: Uint8Array }>();

  constructor(job: string) {
    this.job = job;
  }

  /**
   * Takes one entry, gives the events that can now be handed out.
   * @throws BrokenChainError
   */
  take(subject: string, bytes: Uint8Array): JobEvent[] {
    const event = readEvent(this.job, subject, bytes);
    if (event.n < this.next) {
      if (sha256Hex(bytes) === this.digests[event.n - 1]) return [];
      throw new BrokenChainError(this.job, event.n, 'stands there twice, and they differ');
    }
    if (this.waiting.size >= waitingMax) {
      throw new BrokenChainError(this.job, this.next, 'is missing');
    }
    this.waiting.set(event.n, { event, bytes });
    const ready: JobEvent[] = [];
    for (;;) {
      const first = this.waiting.get(this.next);
      if (first === undefined) return ready;
      this.waiting.delete(this.next);
      const { previous } = first.event;
      if (previous !== this.head) {
        const shown = `${String(previous).slice(0, 12)}...`;
        throw new BrokenChainError(
          this.job,
          this.next,
          `follows "${shown}", the event before it is "${this.head.slice(0, 12)}..."`,
        );
      }
      this.head = sha256Hex(first.bytes);
      this.digests.push(this.head);
      this.next += 1;
      ready.push(first.event);
    }
  }

  /** Nothing more comes. @throws BrokenChainError where an event waits for an earlier one */
  end(): void {
    if (this.waiting.size === 0) return;
    throw new BrokenChainError(this.job, this.next, 'is missing, and later ones are there');
  }
}
