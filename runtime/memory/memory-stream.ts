/**
 * A stored stream in memory, with JetStream's rules: sequences that never repeat, expected last
 * sequences, a window of message ids, bounds that refuse. What comes out is always a copy.
 */
import { RetryableError, TerminalError } from '../../schemas/errors.ts';
import { ConflictError } from '../errors.ts';
import { overlaps, type StreamLayout } from '../layout.ts';
import type { Clock } from '../ports/clock.ts';
import type { Headers } from '../ports/transport.ts';

export interface StoredEntry {
  readonly subject: string;
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly headers: Headers;
  /** By the broker's wall clock, as all that a broker remembers. */
  readonly storedAtMs: number;
  readonly id?: string;
  /** Name of the client that wrote it. */
  readonly by: string;
}

export interface WriteOptions {
  /** The record's name in errors. */
  readonly key: string;
  readonly by: string;
  readonly expectLast?: number;
  readonly id?: string;
  readonly headers?: Headers;
}

export class MemoryStream {
  readonly layout: StreamLayout;
  readonly changed = new Set<() => void>();
  /** Told of every entry in the turn that stores it. */
  readonly tellers = new Set<(entry: StoredEntry) => void>();
  /** No room is left on the disk: nothing is stored, and what is there can be read and removed. */
  full = false;
  private readonly clock: Clock;
  private readonly entries = new Map<number, StoredEntry>();
  private readonly subjects = new Map<string, number[]>();
  private readonly ids = new Map<string, StoredEntry>();
  private lastSeq = 0;

  constructor(layout: StreamLayout, clock: Clock) {
    this.layout = layout;
    this.clock = clock;
  }

  get last(): number {
    return this.lastSeq;
  }

  /** @throws ConflictError, RetryableError('stream-full', 'broker-fault'), TerminalError('too-large') */
  append(
    subject: string,
    bytes: Uint8Array,
    options: WriteOptions,
  ): { seq: number; duplicate: boolean } {
    const { messageBytesMax, messagesMax } = this.layout;
    if (messageBytesMax !== -1 && bytes.length > messageBytesMax) {
      throw new TerminalError(
        'too-large',
        `write of "${options.key}" has ${bytes.length} bytes, at most ${messageBytesMax}`,
      );
    }
    const own = this.subjects.get(subject) ?? [];
    if (options.expectLast !== undefined && (own.at(-1) ?? 0) !== options.expectLast) {
      throw new ConflictError(options.key);
    }
    // The newest server looks at the expectation before it looks at the id.
    const known = options.id === undefined ? undefined : this.ids.get(options.id);
    if (known !== undefined && this.clock.wallMs() - known.storedAtMs < this.layout.dedupeMs) {
      return { seq: known.seq, duplicate: true };
    }
    if (messagesMax !== -1 && this.entries.size >= messagesMax) {
      throw new RetryableError(
        'stream-full',
        `write of "${options.key}": the stream is full`,
        1_000,
      );
    }
    if (this.full) {
      const what = `write of "${options.key}": nats-server says: insufficient storage resources`;
      throw new RetryableError('broker-fault', what, 1_000);
    }
    this.store(subject, bytes, options);
    return { seq: this.lastSeq, duplicate: false };
  }

  lastOf(subject: string): StoredEntry | undefined {
    const seq = this.subjects.get(subject)?.at(-1);
    return seq === undefined ? undefined : this.at(seq);
  }

  at(seq: number): StoredEntry | undefined {
    const entry = this.entries.get(seq);
    return entry === undefined ? undefined : { ...entry, bytes: new Uint8Array(entry.bytes) };
  }

  /** Entries whose subject matches, from a sequence on, oldest first. */
  matching(filter: string, fromSeq = 1): StoredEntry[] {
    const found: StoredEntry[] = [];
    for (const entry of this.entries.values()) {
      if (entry.seq >= fromSeq && overlaps(filter, entry.subject)) {
        found.push({ ...entry, bytes: new Uint8Array(entry.bytes) });
      }
    }
    return found;
  }

  remove(seq: number): void {
    const entry = this.entries.get(seq);
    if (entry === undefined) return;
    this.entries.delete(seq);
    const left = (this.subjects.get(entry.subject) ?? []).filter((other) => other !== seq);
    if (left.length === 0) this.subjects.delete(entry.subject);
    else this.subjects.set(entry.subject, left);
  }

  /** Sequence of the newest entry whose subject matches; 0 for none. */
  newest(filter: string): number {
    return this.matching(filter).at(-1)?.seq ?? 0;
  }

  /** @param below only what stands before this sequence, if one is given */
  purge(filter: string, below = Number.POSITIVE_INFINITY): void {
    for (const entry of this.matching(filter)) if (entry.seq < below) this.remove(entry.seq);
  }

  /** Bytes of all that is stored. */
  get bytes(): number {
    let total = 0;
    for (const entry of this.entries.values()) total += entry.bytes.length;
    return total;
  }

  /** What a restart of the server forgets: the ids of entries that are gone. */
  restart(): void {
    this.ids.clear();
    for (const entry of this.entries.values()) {
      if (entry.id !== undefined) this.ids.set(entry.id, entry);
    }
  }

  /** Changes a stored byte, for tests of what happens then. */
  corrupt(subject: string): boolean {
    const seq = this.subjects.get(subject)?.at(-1);
    const entry = seq === undefined ? undefined : this.entries.get(seq);
    if (entry === undefined || entry.bytes.length === 0) return false;
    entry.bytes[0] = (entry.bytes[0] ?? 0) ^ 0xff;
    return true;
  }

  private store(subject: string, bytes: Uint8Array, options: WriteOptions): void {
    this.lastSeq += 1;
    const entry: StoredEntry = {
      subject,
      seq: this.lastSeq,
      bytes: new Uint8Array(bytes),
      headers: { ...options.headers },
      storedAtMs: this.clock.wallMs(),
      by: options.by,
      ...(options.id === undefined ? {} : { id: options.id }),
    };
    this.entries.set(entry.seq, entry);
    const own = this.subjects.get(subject) ?? [];
    own.push(entry.seq);
    this.subjects.set(subject, own);
    if (entry.id !== undefined) this.ids.set(entry.id, entry);
    const { perSubjectMax } = this.layout;
    if (perSubjectMax !== -1) {
      for (const seq of own.slice(0, -perSubjectMax)) this.remove(seq);
    }
    for (const tell of this.tellers) tell(entry);
    for (const listener of [...this.changed]) listener();
  }
}
