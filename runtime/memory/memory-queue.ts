/**
 * The durable queue of submissions: hands entries out, and again when nobody settled them.
 *
 * It is as careless about who settles as the real one: whoever names an entry removes it.
 */
import type { Clock, Timer } from '../ports/clock.ts';
import type { MemoryStream, StoredEntry } from './memory-stream.ts';

export interface QueueReader {
  readonly ready: () => boolean;
  readonly deliver: (entry: StoredEntry, deliveries: number) => void;
}

export class MemoryQueue {
  /** Told of every entry that is settled, while it is still there, and how often it was handed out. */
  readonly tellers = new Set<(entry: StoredEntry, deliveries: number) => void>();
  private readonly stream: MemoryStream;
  private readonly clock: Clock;
  private readonly settleMs: number;
  private readonly readers: QueueReader[] = [];
  private readonly timers = new Map<number, Timer>();
  private readonly deliveries = new Map<number, number>();
  private again: number[] = [];
  private nextSeq = 1;
  private inFlight = 1;
  private turn = 0;

  constructor(stream: MemoryStream, clock: Clock, settleMs: number) {
    this.stream = stream;
    this.clock = clock;
    this.settleMs = settleMs;
    stream.changed.add(this.dispatch);
  }

  add(reader: QueueReader, inFlight: number): void {
    this.inFlight = inFlight;
    this.readers.push(reader);
    this.dispatch();
  }

  drop(reader: QueueReader): void {
    const at = this.readers.indexOf(reader);
    if (at >= 0) this.readers.splice(at, 1);
  }

  /** Done, or given up: never again. */
  settle(seq: number): void {
    const entry = this.stream.at(seq);
    const times = this.deliveries.get(seq) ?? 0;
    if (entry !== undefined) for (const tell of this.tellers) tell(entry, times);
    this.release(seq);
    this.again = this.again.filter((other) => other !== seq);
    this.deliveries.delete(seq);
    this.stream.remove(seq);
    this.dispatch();
  }

  giveBack(seq: number, delayMs: number): void {
    if (!this.timers.has(seq)) return;
    this.release(seq);
    this.hold(seq, delayMs);
  }

  /** Hands out what it may. */
  readonly dispatch = (): void => {
    while (this.timers.size < this.inFlight) {
      const ready = this.readers.filter((reader) => reader.ready());
      const reader = ready[this.turn % Math.max(1, ready.length)];
      const entry = reader === undefined ? undefined : this.next();
      if (reader === undefined || entry === undefined) return;
      this.turn += 1;
      const count = (this.deliveries.get(entry.seq) ?? 0) + 1;
      this.deliveries.set(entry.seq, count);
      this.hold(entry.seq, this.settleMs);
      reader.deliver(entry, count);
    }
  };

  private next(): StoredEntry | undefined {
    for (let seq = this.again.shift(); seq !== undefined; seq = this.again.shift()) {
      const entry = this.stream.at(seq);
      if (entry !== undefined) return entry;
    }
    while (this.nextSeq <= this.stream.last) {
      const entry = this.stream.at(this.nextSeq);
      this.nextSeq += 1;
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  private hold(seq: number, ms: number): void {
    const timer = this.clock.after(ms, () => {
      this.timers.delete(seq);
      this.again.push(seq);
      this.dispatch();
    });
    this.timers.set(seq, timer);
  }

  private release(seq: number): void {
    this.timers.get(seq)?.cancel();
    this.timers.delete(seq);
  }
}
