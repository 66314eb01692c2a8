/**
 * Pulls from one consumer, a batch at a time, and notices when the consumer or the link is lost.
 *
 * At most one pull is open, so what waits here is bounded by the batch. The server's idle
 * heartbeats tell silence from loss; after a loss the owner makes a new session from where it was.
 */
import type { Msg, Subscription } from '@nats-io/nats-core';
import { limits } from '../../schemas/limits.ts';
import { DisconnectedError, TimeoutError } from '../errors.ts';
import type { Link } from './link.ts';

/** Keeps what the server buffers for us far below its `max_pending`. */
const batchBytesMax = 8 * 1024 * 1024;
const expiresMs = 10_000;
const heartbeatMs = 1_000;
const silenceMs = 2_500;

/** A stored message as a consumer delivers it. */
export interface Pulled {
  readonly subject: string;
  readonly seq: number;
  /** How often this entry was handed out. */
  readonly deliveries: number;
  /** Counts what this consumer handed out: a gap means that something got lost on the way. */
  readonly consumerSeq: number;
  /** Entries that this consumer had still to hand out after this one. */
  readonly pending: number;
  readonly storedAtMs: number;
  readonly message: Msg;
}

/** Reads `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<seq>.<n>.<ns>.<pending>`. */
export function pulled(message: Msg): Pulled {
  const parts = (message.reply ?? '').split('.');
  const at = parts.length >= 11 ? 6 : 4;
  return {
    subject: message.subject,
    deliveries: Number(parts[at]),
    seq: Number(parts[at + 1]),
    consumerSeq: Number(parts[at + 2]),
    storedAtMs: Math.floor(Number(parts[at + 3]) / 1e6),
    pending: Number(parts[at + 4]),
    message,
  };
}

export interface PullOptions {
  readonly batch: number;
  /** Wait for new entries, or end with what is there. */
  readonly wait: boolean;
}

export class PullSession {
  private readonly link: Link;
  private readonly path: string;
  private readonly inbox: string;
  private readonly subscription: Subscription;
  private readonly forget: () => void;
  private queue: Pulled[] = [];
  /** Entries that the open pull may still bring; 0 when none is open. */
  private open = 0;
  private lost: Error | null = null;
  private wake: (() => void) | null = null;
  private heardAtMs = 0;

  constructor(link: Link, stream: string, consumer: string) {
    this.link = link;
    this.path = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`;
    this.inbox = link.inbox();
    this.subscription = link.nc.subscribe(this.inbox, {
      callback: (error, message) => {
        if (error !== null) this.lose(error);
        else this.receive(message);
      },
    });
    // A pull that was open when the link broke is gone, and an ephemeral consumer with it.
    this.forget = link.onChange(() => this.lose(new DisconnectedError('read of a stream')));
  }

  /**
   * What has arrived, as soon as there is something; without `wait`, nothing means the end; with
   * it, nothing means that the pull ran out and another may follow.
   * @throws when the consumer or the link is lost: the session is of no more use
   */
  async next(options: PullOptions): Promise<Pulled[]> {
    if (this.queue.length === 0 && this.open === 0) this.pull(options);
    const patienceMs = options.wait ? silenceMs : limits.storeMs;
    this.heardAtMs = this.link.clock.nowMs();
    while (this.queue.length === 0 && this.open > 0 && this.lost === null) {
      await this.waitForNews(patienceMs);
    }
    if (this.queue.length === 0 && this.lost !== null) throw this.lost;
    const taken = this.queue;
    this.queue = [];
    return taken;
  }

  /** Makes a waiting `next` return nothing. */
  interrupt(): void {
    this.open = 0;
    this.wake?.();
  }

  close(): void {
    this.forget();
    this.subscription.unsubscribe();
    this.interrupt();
  }

  private pull(options: PullOptions): void {
    if (!this.link.connected) {
      this.lose(new DisconnectedError('read of a stream'));
      return;
    }
    this.open = options.batch;
    const request = options.wait
      ? { expires: expiresMs * 1e6, idle_heartbeat: heartbeatMs * 1e6 }
      : { no_wait: true };
    this.link.publish(
      this.path,
      Buffer.from(JSON.stringify({ batch: options.batch, max_bytes: batchBytesMax, ...request })),
      undefined,
      this.inbox,
    );
  }

  private receive(message: Msg): void {
    this.heardAtMs = this.link.clock.nowMs();
    const status = message.headers?.code ?? 0;
    // Entries carry where to acknowledge them; all else is a status of the pull.
    if (status === 0 || message.reply?.startsWith('$JS.ACK.') === true) {
      this.queue.push(pulled(message));
      this.open = Math.max(0, this.open - 1);
    } else if (status === 100) {
      return;
    } else if (status === 404 || status === 408 || isSizeLimit(message)) {
      this.open = 0;
    } else {
      this.lose(
        new Error(`pull ended with status ${status} ${message.headers?.description ?? ''}`),
      );
      return;
    }
    this.wake?.();
  }

  private lose(error: Error): void {
    this.lost ??= error;
    this.wake?.();
  }

  private waitForNews(patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const left = this.heardAtMs + patienceMs - this.link.clock.nowMs();
      const timer = this.link.clock.after(Math.max(1, left), () => {
        if (this.link.clock.nowMs() - this.heardAtMs >= patienceMs) {
          this.lose(new TimeoutError('read of a stream', patienceMs));
        }
        done();
      });
      const done = () => {
        timer.cancel();
        this.wake = null;
        resolve();
      };
      this.wake = done;
    });
  }
}

/** The batch is full by its bytes: it ended well, and another pull goes on. */
function isSizeLimit(message: Msg): boolean {
  const text = message.headers?.description ?? '';
  return message.headers?.code === 409 && /maxbytes|batch completed/i.test(text);
}
