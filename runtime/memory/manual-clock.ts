/**
 * A clock that stands still until a test moves it.
 *
 * `advance` runs due timers in order of time, then of creation, and lets everything that they set
 * in motion come to rest before the next one. Child clocks share the time but can be frozen, like
 * a process that is stopped, or halted, like one that is killed.
 */
import type { Clock, Timer } from '../ports/clock.ts';

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export interface ManualClockOptions {
  /** Monotonic time to start from. */
  readonly startMs?: number;
  /** Wall time at the start. */
  readonly wallMs?: number;
}

export class ManualClock implements Clock {
  private now: number;
  private readonly wallOffset: number;
  private readonly pending = new Set<Pending>();
  private created = 0;

  constructor(options: ManualClockOptions = {}) {
    this.now = options.startMs ?? 0;
    this.wallOffset = (options.wallMs ?? 1_700_000_000_000) - this.now;
  }

  nowMs(): number {
    return this.now;
  }

  wallMs(): number {
    return this.now + this.wallOffset;
  }

  after(ms: number, run: () => void): Timer {
    this.created += 1;
    const entry = { atMs: this.now + Math.max(0, ms), order: this.created, run };
    this.pending.add(entry);
    return { cancel: () => this.pending.delete(entry) };
  }

  /** A clock of one simulated process. */
  child(): ChildClock {
    return new ChildClock(this);
  }

  /** When the next timer is due, or undefined when none waits. */
  nextDueMs(): number | undefined {
    return this.next()?.atMs;
  }

  /** Moves time on by this much, running what comes due on the way. */
  async advance(ms: number): Promise<void> {
    const until = this.now + ms;
    await settle();
    for (;;) {
      const next = this.next();
      if (next === undefined || next.atMs > until) break;
      this.pending.delete(next);
      this.now = Math.max(this.now, next.atMs);
      next.run();
      await settle();
    }
    this.now = until;
  }

  /** Advances from timer to timer until the condition holds. @returns false when it never did */
  async advanceUntil(condition: () => boolean, withinMs: number): Promise<boolean> {
    const until = this.now + withinMs;
    await settle();
    while (!condition()) {
      const due = this.nextDueMs();
      if (due === undefined || due > until) return false;
      await this.advance(Math.max(0, due - this.now));
    }
    return true;
  }

  private next(): Pending | undefined {
    let first: Pending | undefined;
    for (const entry of this.pending) {
      if (
        first === undefined ||
        entry.atMs < first.atMs ||
        (entry.atMs === first.atMs && entry.order < first.order)
      ) {
        first = entry;
      }
    }
    return first;
  }
}

/**
 * The clock of one simulated process: time goes on for it, but its timers may be held up, and its
 * wall time may be wrong by a step or by more and more.
 */
export class ChildClock implements Clock {
  private readonly parent: Clock;
  /** What wall time is wrong by: this much at one moment, and more for every millisecond since. */
  private wrong = { ms: 0, perMs: 0, sinceMs: 0 };
  private state: 'running' | 'frozen' | 'halted' = 'running';
  private held: { readonly run: () => void }[] = [];

  constructor(parent: Clock) {
    this.parent = parent;
  }

  nowMs(): number {
    return this.parent.nowMs();
  }

  wallMs(): number {
    const { ms, perMs, sinceMs } = this.wrong;
    return this.parent.wallMs() + ms + perMs * (this.nowMs() - sinceMs);
  }

  /** Like an operator who sets the clock: wall time jumps, monotonic time does not. */
  setWall(wrongByMs: number, driftPerMs = 0): void {
    this.wrong = { ms: wrongByMs, perMs: driftPerMs, sinceMs: this.nowMs() };
  }

  after(ms: number, run: () => void): Timer {
    let entry: { readonly run: () => void } | null = { run };
    const timer = this.parent.after(ms, () => {
      if (entry === null || this.state === 'halted') return;
      if (this.state === 'frozen') this.held.push(entry);
      else run();
    });
    return {
      cancel: () => {
        timer.cancel();
        this.held = this.held.filter((other) => other !== entry);
        entry = null;
      },
    };
  }

  /** Like SIGSTOP: nothing fires. */
  freeze(): void {
    if (this.state === 'running') this.state = 'frozen';
  }

  /** Like SIGCONT: what came due meanwhile fires at once. */
  thaw(): void {
    if (this.state !== 'frozen') return;
    this.state = 'running';
    const due = this.held;
    this.held = [];
    for (const { run } of due) run();
  }

  /** Like SIGKILL: nothing fires ever again. */
  halt(): void {
    this.state = 'halted';
    this.held = [];
  }
}

/** One for all: making a channel costs more than what it is waited for. */
const { port1, port2 } = new MessageChannel();
const settling: (() => void)[] = [];
port1.addEventListener('message', () => {
  if (settling.length === 1) port1.unref();
  settling.shift()?.();
});
port1.start();
port1.unref();

/** Resolves when every promise that can settle without time passing has done so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    if (settling.push(resolve) === 1) port1.ref();
    // A message between ports is a task of its own: it comes after all promise reactions.
    port2.postMessage(null);
  });
}
