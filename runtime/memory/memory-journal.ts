/**
 * Journal in memory: streams, the durable queue of submissions, and reads that may follow.
 */
import { BugError } from '../../schemas/errors.ts';
import { type Layout, streamOf } from '../layout.ts';
import type {
  AppendOptions,
  Consumption,
  Delivery,
  Journal,
  JournalEntry,
} from '../ports/journal.ts';
import { brokerName, type MemoryClient, sizeOf } from './memory-client.ts';
import { MemoryFollower } from './memory-follower.ts';
import type { MemoryNetwork } from './memory-network.ts';
import type { MemoryQueue } from './memory-queue.ts';
import type { MemoryStream, StoredEntry } from './memory-stream.ts';
import type { MemoryRouter } from './memory-transport.ts';

export interface JournalParts {
  readonly client: MemoryClient;
  readonly network: MemoryNetwork;
  readonly router: MemoryRouter;
  readonly layout: Layout;
  readonly streams: ReadonlyMap<string, MemoryStream>;
  readonly queue: MemoryQueue;
}

export class MemoryJournal implements Journal {
  private readonly parts: JournalParts;

  constructor(parts: JournalParts) {
    this.parts = parts;
  }

  append(
    subject: string,
    bytes: Uint8Array,
    options: AppendOptions = {},
  ): Promise<{ seq: number; duplicate: boolean }> {
    const { client, router } = this.parts;
    const stream = this.streamOf(subject);
    const copy = new Uint8Array(bytes);
    const headers = options.headers ?? {};
    return client.call(`write of "${subject}"`, sizeOf(copy, headers), () => {
      const stored = stream.append(subject, copy, {
        key: subject,
        by: client.name,
        headers,
        ...(options.id === undefined ? {} : { id: options.id }),
        ...(options.expectEmpty === true ? { expectLast: 0 } : {}),
      });
      // What a stream stores has been a message first: whoever listens hears it.
      router.route({ from: client.name, subject, bytes: copy, headers });
      return stored;
    });
  }

  async consume(
    _queue: 'submissions',
    inFlight: number,
    handler: (delivery: Delivery) => void,
  ): Promise<Consumption> {
    const { client, network, queue } = this.parts;
    let stopped = false;
    const reader = {
      ready: () => client.connected && network.running,
      deliver: (entry: StoredEntry, deliveries: number) => {
        const { epoch } = client;
        const hop = { kind: 'message', from: brokerName, to: client.name } as const;
        network.send({ ...hop, subject: entry.subject }, () => {
          if (client.epoch !== epoch) return;
          client.receive(() => {
            if (!stopped) handler(this.toDelivery(entry, deliveries));
          });
        });
      },
    };
    await client.call('consumer of submissions', 0, () => queue.add(reader, inFlight));
    client.resumed.add(queue.dispatch);
    return {
      stop: async () => {
        stopped = true;
        client.resumed.delete(queue.dispatch);
        queue.drop(reader);
      },
    };
  }

  async *read(
    subject: string,
    options: { readonly follow: boolean; readonly signal?: AbortSignal; readonly fromSeq?: number },
  ): AsyncGenerator<JournalEntry> {
    const { client } = this.parts;
    const stream = this.streamOf(subject);
    const fromSeq = Math.max(1, options.fromSeq ?? 1);
    if (options.follow) {
      yield* this.following(stream, subject, fromSeq, options.signal);
      return;
    }
    const stored = await client.call(`read of "${subject}"`, 0, () =>
      stream.matching(subject, fromSeq),
    );
    for (const entry of stored) {
      if (options.signal?.aborted === true) return;
      yield toEntry(entry);
    }
  }

  async purge(subject: string): Promise<void> {
    const stream = this.streamOf(subject);
    const { client } = this.parts;
    const newest = await client.call(`look at "${subject}"`, 0, () => stream.newest(subject));
    const what = `purge of "${subject}"`;
    if (newest > 0) await client.call(what, 0, () => stream.purge(subject, newest + 1));
  }

  private async *following(
    stream: MemoryStream,
    filter: string,
    fromSeq: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<JournalEntry> {
    const { client, network } = this.parts;
    const waiting: StoredEntry[] = [];
    let wake = (): void => {};
    const follower = await client.call(`read of "${filter}"`, 0, () => {
      return new MemoryFollower(client, network, { stream, filter, fromSeq }, (entry) => {
        waiting.push(entry);
        wake();
      });
    });
    const abort = () => wake();
    signal?.addEventListener('abort', abort);
    try {
      while (signal?.aborted !== true) {
        const entry = waiting.shift();
        if (entry !== undefined) {
          yield toEntry(entry);
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      follower.stop();
    }
  }

  private streamOf(subject: string): MemoryStream {
    const name = streamOf(this.parts.layout, subject)?.name ?? '';
    const stream = this.parts.streams.get(name);
    if (stream === undefined) throw new BugError('no-stream', `no stream stores "${subject}"`);
    return stream;
  }

  private toDelivery(entry: StoredEntry, deliveries: number): Delivery {
    const { client, network, queue } = this.parts;
    const what = `acknowledgement of "${entry.subject}"`;
    const tell = (work: () => void) => {
      if (!client.connected) return;
      network.send({ kind: 'call', from: client.name, to: brokerName, subject: what }, () => {
        if (network.running) work();
      });
    };
    return {
      ...toEntry(entry),
      deliveries,
      ack: () => client.call(what, 0, () => queue.settle(entry.seq)),
      nak: (delayMs) => tell(() => queue.giveBack(entry.seq, delayMs)),
      term: () => tell(() => queue.settle(entry.seq)),
    };
  }
}

function toEntry(entry: StoredEntry): JournalEntry {
  const { subject, seq, bytes, headers, storedAtMs } = entry;
  return { subject, seq, bytes, headers, storedAtMs };
}
