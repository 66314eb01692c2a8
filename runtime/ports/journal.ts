/**
 * Journal: append-only streams that survive every process.
 */
import type { Headers } from './transport.ts';

export interface AppendOptions {
  /** Same id within the stream's window: stored once. */
  readonly id?: string;
  /** Store only if the subject holds nothing yet; else `ConflictError`. */
  readonly expectEmpty?: boolean;
  readonly headers?: Headers;
}

export interface JournalEntry {
  readonly subject: string;
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly headers: Headers;
  /** When the broker stored it, wall-clock milliseconds; for people, never for decisions. */
  readonly storedAtMs: number;
}

/** An entry handed out for work; exactly one of the three verbs must follow. */
export interface Delivery extends JournalEntry {
  readonly deliveries: number;
  /** Done: never again. Resolves when the broker has confirmed. */
  ack(): Promise<void>;
  nak(delayMs: number): void;
  term(reason: string): void;
}

export interface Consumption {
  stop(): Promise<void>;
}

export interface Journal {
  /** @throws ConflictError, RetryableError('stream-full'), TimeoutError (the outcome is unknown) */
  append(
    subject: string,
    bytes: Uint8Array,
    options?: AppendOptions,
  ): Promise<{ seq: number; duplicate: boolean }>;
  /**
   * Hands out the entries of a durable work queue, at most `inFlight` unsettled at a time.
   * What was not settled comes again after a while, also after a restart.
   */
  consume(
    queue: 'submissions',
    inFlight: number,
    handler: (delivery: Delivery) => void,
  ): Promise<Consumption>;
  /**
   * Entries whose subject matches, oldest first. With `follow` it goes on for ever with new ones
   * until the signal; without, it ends at what was stored when the call was made.
   */
  read(
    subject: string,
    options: { readonly follow: boolean; readonly signal?: AbortSignal; readonly fromSeq?: number },
  ): AsyncIterable<JournalEntry>;
  /** Removes the entries of the subjects that match; none that is stored after the call was made. */
  purge(subject: string): Promise<void>;
}
