/**
 * Follows a stored stream for one client: hands over what is there, then what comes, in order.
 *
 * As the real one, it goes on after a broken link from the entry that it handed over last. It says
 * nothing of entries that were removed without a marker, since the broker does not either.
 */
import { brokerName, type MemoryClient } from './memory-client.ts';
import type { MemoryNetwork } from './memory-network.ts';
import type { MemoryStream, StoredEntry } from './memory-stream.ts';

export class MemoryFollower {
  /** Resolves when all that was stored at the start has been handed over. */
  readonly caughtUp: Promise<void>;
  private readonly client: MemoryClient;
  private readonly network: MemoryNetwork;
  private readonly stream: MemoryStream;
  private readonly filter: string;
  private readonly handler: (entry: StoredEntry) => void;
  private readonly caught = Promise.withResolvers<void>();
  private cursor: number;
  private busy = false;
  private stopped = false;

  constructor(
    client: MemoryClient,
    network: MemoryNetwork,
    source: { readonly stream: MemoryStream; readonly filter: string; readonly fromSeq: number },
    handler: (entry: StoredEntry) => void,
  ) {
    this.client = client;
    this.network = network;
    this.stream = source.stream;
    this.filter = source.filter;
    this.cursor = source.fromSeq;
    this.handler = handler;
    this.caughtUp = this.caught.promise;
    this.stream.changed.add(this.pump);
    this.client.resumed.add(this.pump);
    this.pump();
  }

  stop(): void {
    this.stopped = true;
    this.stream.changed.delete(this.pump);
    this.client.resumed.delete(this.pump);
    this.caught.resolve();
  }

  /** Sends what is new, one batch at a time. */
  private readonly pump = (): void => {
    if (this.busy || this.stopped || !this.client.connected || !this.network.running) return;
    this.busy = true;
    const { epoch } = this.client;
    const hop = { kind: 'push', from: brokerName, to: this.client.name } as const;
    this.network.send({ ...hop, subject: this.filter }, () => {
      this.busy = false;
      // The link broke on the way: what resumes it begins again where this one began.
      if (this.client.epoch !== epoch) return this.pump();
      const entries = this.stream.matching(this.filter, this.cursor);
      this.cursor = Math.max(this.cursor, this.stream.last + 1);
      this.client.receive(() => this.handOver(entries));
    });
  };

  private handOver(entries: readonly StoredEntry[]): void {
    for (const entry of entries) {
      if (this.stopped) return;
      this.handler(entry);
    }
    this.caught.resolve();
    if (this.stream.last >= this.cursor) this.pump();
  }
}
