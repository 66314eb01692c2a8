/**
 * One connection to the memory broker, as the broker sees it, and how a call to the broker goes.
 *
 * A call is two hops, there and back; either may be lost, and then the caller waits for its own
 * timeout without knowing which it was. A dead client's calls never end, as a dead process's do.
 */
import { TerminalError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import type { LinkState } from '../bus.ts';
import { DisconnectedError, TimeoutError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Headers, Message } from '../ports/transport.ts';
import type { MemoryNetwork } from './memory-network.ts';

export interface Interest {
  readonly pattern: string;
  readonly queue?: string;
  readonly handler: (message: Message) => void;
}

/** Name of the broker itself in hops. */
export const brokerName = 'broker';

export class MemoryClient {
  readonly name: string;
  readonly clock: Clock;
  readonly interests = new Set<Interest>();
  readonly linkHandlers = new Set<(state: LinkState) => void>();
  /** Called when the link has come back: followers and queues go on. */
  readonly resumed = new Set<() => void>();
  state: 'connected' | 'disconnected' | 'closed' | 'dead' = 'connected';
  /** Counts connections: what was under way on an earlier one is lost. */
  epoch = 0;
  private readonly network: MemoryNetwork;
  private frozen = false;
  private backlog: (() => void)[] = [];

  constructor(name: string, clock: Clock, network: MemoryNetwork) {
    this.name = name;
    this.clock = clock;
    this.network = network;
  }

  get connected(): boolean {
    return this.state === 'connected';
  }

  /** Runs what arrived, now or when the process runs again. */
  receive(run: () => void): void {
    if (this.state === 'dead' || this.state === 'closed') return;
    if (this.frozen) this.backlog.push(run);
    else run();
  }

  freeze(): void {
    this.frozen = true;
  }

  thaw(): void {
    this.frozen = false;
    for (const run of this.backlog.splice(0)) this.receive(run);
  }

  setState(state: MemoryClient['state']): void {
    if (this.state === 'dead' || this.state === 'closed' || this.state === state) return;
    this.state = state;
    this.epoch += 1;
    if (state === 'dead') {
      this.interests.clear();
      this.backlog = [];
      return;
    }
    if (state === 'closed') this.interests.clear();
    const told = state;
    queueMicrotask(() => {
      for (const handler of this.linkHandlers) handler(told);
    });
    if (state === 'connected') for (const resume of [...this.resumed]) resume();
  }

  /** Asks the broker to do something. @throws what it throws, DisconnectedError, TimeoutError */
  call<T>(
    what: string,
    size: number,
    work: () => T,
    timeoutMs: number = limits.storeMs,
  ): Promise<T> {
    if (this.state === 'dead') return new Promise<never>(() => {});
    if (!this.connected) return Promise.reject(new DisconnectedError(what));
    if (size > limits.payloadMax) return Promise.reject(tooLarge(what, size));
    const epoch = this.epoch;
    return new Promise<T>((resolve, reject) => {
      const timer = this.clock.after(timeoutMs, () => {
        reject(new TimeoutError(what, timeoutMs));
      });
      this.network.send({ kind: 'call', from: this.name, to: brokerName, subject: what }, () => {
        if (!this.network.running) return;
        const outcome = attempt(work);
        this.network.send(
          { kind: 'answer', from: brokerName, to: this.name, subject: what },
          () => {
            if (this.epoch !== epoch) return;
            this.receive(() => {
              timer.cancel();
              if ('error' in outcome) reject(outcome.error);
              else resolve(outcome.value);
            });
          },
        );
      });
    });
  }
}

/** What a payload counts for: its bytes and, where there are any, its headers as NATS writes them. */
export function sizeOf(bytes: Uint8Array, headers: Headers = {}): number {
  const lines = Object.entries(headers).map(([name, value]) => name.length + value.length + 4);
  if (lines.length === 0) return bytes.length;
  return lines.reduce((sum, line) => sum + line, bytes.length + 'NATS/1.0\r\n\r\n'.length);
}

export function tooLarge(what: string, size: number): TerminalError {
  return new TerminalError(
    'too-large',
    `${what} has ${size} bytes, the broker takes at most ${limits.payloadMax}`,
  );
}

function attempt<T>(work: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}
