/**
 * A bounded mailbox: events wait here, in order, until the actor takes them.
 *
 * It never blocks a sender: a full mailbox refuses, and the sender decides (a hint is dropped and
 * counted, work stays with the broker). What the actor itself asked for is never refused: it is
 * bounded by what was asked, and nobody would say it again.
 */
export class Mailbox<E> {
  readonly capacity: number;
  /** Events refused because the mailbox was full. */
  refused = 0;
  private events: E[] = [];
  private wake: (() => void) | null = null;
  private closed = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.events.length;
  }

  /** False when the mailbox is full or closed. */
  offer(event: E): boolean {
    if (this.closed || this.events.length >= this.capacity) {
      this.refused += 1;
      return false;
    }
    this.events.push(event);
    this.wake?.();
    return true;
  }

  /** Takes the outcome of something that the actor asked for, also when full; false when closed. */
  deliver(event: E): boolean {
    if (this.closed) return false;
    this.events.push(event);
    this.wake?.();
    return true;
  }

  /** All waiting events, at least one; null once the mailbox is closed and empty. */
  async take(): Promise<E[] | null> {
    while (this.events.length === 0) {
      if (this.closed) return null;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    const taken = this.events;
    this.events = [];
    return taken;
  }

  /** Takes no more events; those that wait are still handed out. */
  close(): void {
    this.closed = true;
    this.wake?.();
  }
}
