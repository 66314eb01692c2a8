/**
 * The wires of the memory broker: every hop is asynchronous, and a hook decides its fate.
 *
 * From one sender to one receiver messages keep their order, as on a connection, whatever delays
 * the hook asks for, unless it lets them stray. What is dropped is gone without a word.
 */
import type { Clock } from '../ports/clock.ts';

export interface Hop {
  /** A core message, a request's reply, a call to the broker, its answer, or stored data pushed. */
  readonly kind: 'message' | 'reply' | 'call' | 'answer' | 'push';
  readonly from: string;
  readonly to: string;
  /** The subject, or what the call does. */
  readonly subject: string;
}

export type Fate =
  | 'deliver'
  | 'drop'
  | {
      readonly delayMs?: number;
      /** How often it arrives; only messages can be doubled. */
      readonly copies?: number;
      /**
       * It is overtaken by what is sent later, and each copy comes that much after the one before:
       * as when sender or receiver have found another server meanwhile. Messages only.
       */
      readonly strayMs?: number;
    };

/** Decides what becomes of a hop. Pushed data is repaired by its receiver: `drop` only delays it. */
export type Faults = (hop: Hop) => Fate;

export class MemoryNetwork {
  readonly clock: Clock;
  faults: Faults | null = null;
  /** False while the broker is stopped. */
  running = true;
  /** Hops that the hook has dropped. */
  dropped = 0;
  private readonly lanes = new Map<string, { atMs: number; waiting: number }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Has `arrive` run later, in order, unless the hop is lost. */
  send(hop: Hop, arrive: () => void): void {
    const fate = this.faults?.(hop) ?? 'deliver';
    if (fate === 'drop' && hop.kind !== 'push') {
      this.dropped += 1;
      return;
    }
    const { delayMs = 0, copies = 1, strayMs = null } = typeof fate === 'object' ? fate : {};
    if (hop.kind !== 'message') {
      this.schedule(hop, delayMs, arrive);
      return;
    }
    for (let i = 0; i < copies; i += 1) {
      if (strayMs === null) this.schedule(hop, delayMs, arrive);
      else this.clock.after(delayMs + i * strayMs, arrive);
    }
  }

  private schedule(hop: Hop, delayMs: number, arrive: () => void): void {
    const key = `${hop.from} ${hop.to}`;
    const lane = this.lanes.get(key) ?? { atMs: 0, waiting: 0 };
    this.lanes.set(key, lane);
    const now = this.clock.nowMs();
    lane.atMs = Math.max(lane.atMs, now + delayMs);
    if (lane.waiting === 0 && lane.atMs <= now) {
      queueMicrotask(arrive);
      return;
    }
    lane.waiting += 1;
    this.clock.after(lane.atMs - now, () => {
      lane.waiting -= 1;
      arrive();
    });
  }
}
