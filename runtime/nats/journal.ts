/**
 * Journal over JetStream: appends that are stored before they return, a durable queue, and reads.
 *
 * The queue's durable consumer is made here when it is missing; the server bounds what is
 * unsettled and hands it out again after a while, whatever becomes of this process.
 */
import { BugError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import { DisconnectedError } from '../errors.ts';
import { type Layout, type StreamLayout, streamOf, submissionQueue } from '../layout.ts';
import type {
  AppendOptions,
  Consumption,
  Delivery,
  Journal,
  JournalEntry,
} from '../ports/journal.ts';
import { fromHeaders, type Link, portError } from './link.ts';
import { purgeStored } from './newest-seq.ts';
import { type Pulled, PullSession } from './pull-session.ts';
import { follow, scan, untilRetry } from './scan.ts';

interface ReadOptions {
  readonly follow: boolean;
  readonly signal?: AbortSignal;
  readonly fromSeq?: number;
}

export class NatsJournal implements Journal {
  private readonly link: Link;
  private readonly layout: Layout;

  constructor(link: Link, layout: Layout) {
    this.link = link;
    this.layout = layout;
  }

  async append(
    subject: string,
    bytes: Uint8Array,
    options: AppendOptions = {},
  ): Promise<{ seq: number; duplicate: boolean }> {
    const ack = await this.link.store(subject, bytes, subject, {
      ...(options.id === undefined ? {} : { id: options.id }),
      ...(options.expectEmpty === true ? { expectLast: 0 } : {}),
      ...(options.headers === undefined ? {} : { headers: options.headers }),
    });
    return { seq: ack.seq, duplicate: ack.duplicate };
  }

  async consume(
    _queue: 'submissions',
    inFlight: number,
    handler: (delivery: Delivery) => void,
  ): Promise<Consumption> {
    await this.createQueue(inFlight);
    const stop = new AbortController();
    const running = this.deliverAll(inFlight, handler, stop.signal);
    return {
      async stop() {
        stop.abort();
        await running;
      },
    };
  }

  async *read(subject: string, options: ReadOptions): AsyncGenerator<JournalEntry> {
    const signal = options.signal ?? new AbortController().signal;
    const source = {
      stream: this.streamOf(subject).name,
      filter: subject,
      ...(options.fromSeq === undefined
        ? { deliver: 'all' as const }
        : { deliver: 'by_start_sequence' as const, startSeq: Math.max(1, options.fromSeq) }),
    };
    try {
      if (options.follow) {
        for await (const step of follow(this.link, source, signal)) {
          for (const entry of step.entries) {
            if (signal.aborted) return;
            yield toEntry(entry);
          }
        }
      } else {
        for await (const entries of scan(this.link, source)) {
          for (const entry of entries) {
            if (signal.aborted) return;
            yield toEntry(entry);
          }
        }
      }
    } catch (error) {
      throw portError(error, `read of "${subject}"`, subject);
    }
  }

  async purge(subject: string): Promise<void> {
    try {
      await purgeStored(this.link, this.streamOf(subject).name, subject);
    } catch (error) {
      throw portError(error, `purge of "${subject}"`, subject);
    }
  }

  private streamOf(subject: string): StreamLayout {
    const stream = streamOf(this.layout, subject);
    if (stream === undefined) throw new BugError('no-stream', `no stream stores "${subject}"`);
    return stream;
  }

  /** Makes the durable consumer, or sets its bounds anew. */
  private async createQueue(inFlight: number): Promise<void> {
    const stream = this.layout.jobs.name;
    const filter = this.layout.subjects.submit;
    const config = {
      durable_name: submissionQueue.durable,
      filter_subject: filter,
      deliver_policy: 'all',
      ack_policy: 'explicit',
      ack_wait: submissionQueue.settleMs * 1e6,
      max_deliver: -1,
      max_ack_pending: inFlight,
    };
    try {
      await this.link.api(`CONSUMER.CREATE.${stream}.${submissionQueue.durable}.${filter}`, {
        stream_name: stream,
        config,
      });
    } catch (error) {
      throw portError(error, 'consumer of submissions', stream);
    }
  }

  private async deliverAll(
    inFlight: number,
    handler: (delivery: Delivery) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted && !this.link.closed) {
      const session = new PullSession(this.link, this.layout.jobs.name, submissionQueue.durable);
      const interrupt = () => session.interrupt();
      signal.addEventListener('abort', interrupt);
      try {
        for (;;) {
          // A session that is lost ends here; what a handler throws is a bug, and goes through.
          const entries = await session.next({ batch: inFlight, wait: true }).catch(() => null);
          if (entries === null || signal.aborted) break;
          for (const entry of entries) {
            if (!signal.aborted) handler(this.toDelivery(entry));
          }
        }
      } finally {
        signal.removeEventListener('abort', interrupt);
        session.close();
      }
      if (signal.aborted || this.link.closed) return;
      await untilRetry(this.link, signal);
      // It may have been removed with its stream; where it stands, this changes nothing.
      if (!signal.aborted) await this.createQueue(inFlight).catch(() => {});
    }
  }

  private toDelivery(entry: Pulled): Delivery {
    const settle = entry.message.reply ?? '';
    const tell = (verb: string) => this.link.publish(settle, Buffer.from(verb));
    return {
      ...toEntry(entry),
      deliveries: entry.deliveries,
      ack: async () => {
        const what = `acknowledgement of "${entry.subject}"`;
        try {
          await this.link.request(settle, Buffer.from('+ACK'), limits.storeMs, undefined, what);
        } catch (error) {
          if (error instanceof DisconnectedError) throw error;
          throw portError(error, what, entry.subject);
        }
      },
      nak: (delayMs) => tell(`-NAK ${JSON.stringify({ delay: Math.round(delayMs * 1e6) })}`),
      term: (reason) => tell(`+TERM ${reason.replaceAll(/[\r\n]+/g, ' ').slice(0, 200)}`),
    };
  }
}

function toEntry(entry: Pulled): JournalEntry {
  return {
    subject: entry.subject,
    seq: entry.seq,
    bytes: new Uint8Array(entry.message.data),
    headers: fromHeaders(entry.message),
    storedAtMs: entry.storedAtMs,
  };
}
