/**
 * A whole nats-server in memory, for tests and the simulator: all ports, on the clock port.
 *
 * It is never kinder than the real thing: delivery is asynchronous, core messages may be lost, calls
 * may end without the caller knowing how, what nobody settled comes again. `faults` decides the
 * fate of each hop; clients can be disconnected, frozen like a stopped process, or killed.
 */
import { BugError } from '../../schemas/errors.ts';
import type { Bus } from '../bus.ts';
import { ChunkedBlobs } from '../chunked-blobs.ts';
import { type Layout, layoutOf, submissionQueue } from '../layout.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { ChildClock } from './manual-clock.ts';
import { MemoryChunks } from './memory-chunks.ts';
import { MemoryClient } from './memory-client.ts';
import { MemoryJournal } from './memory-journal.ts';
import { type Faults, MemoryNetwork } from './memory-network.ts';
import { MemoryQueue } from './memory-queue.ts';
import { MemoryStore } from './memory-store.ts';
import { MemoryStream, type StoredEntry } from './memory-stream.ts';
import { MemoryRouter, MemoryTransport } from './memory-transport.ts';

export interface MemoryBrokerOptions {
  readonly clock: Clock;
  readonly random: Random;
}

export interface MemoryConnectOptions {
  readonly name: string;
  readonly prefix?: string;
  /** The clock of this process; a `ChildClock` is frozen and halted along with its client. */
  readonly clock?: Clock;
}

export interface Spy {
  readonly stored: (entry: StoredEntry) => void;
  /** @param deliveries how often it was handed out */
  readonly settled: (entry: StoredEntry, deliveries: number) => void;
  readonly message: (from: string, subject: string, bytes: Uint8Array) => void;
}

/** One cluster: its streams under one prefix. */
interface Cluster {
  readonly id: string;
  readonly layout: Layout;
  readonly streams: ReadonlyMap<string, MemoryStream>;
  readonly queue: MemoryQueue;
}

export class MemoryBroker {
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly network: MemoryNetwork;
  private readonly router: MemoryRouter;
  private readonly clusters = new Map<string, Cluster>();

  constructor(options: MemoryBrokerOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.network = new MemoryNetwork(options.clock);
    this.router = new MemoryRouter(this.network, options.random);
  }

  get faults(): Faults | null {
    return this.network.faults;
  }

  set faults(faults: Faults | null) {
    this.network.faults = faults;
  }

  /** Hops that the faults have dropped so far. */
  get dropped(): number {
    return this.network.dropped;
  }

  /** A connection of a process of this name; a name that is taken stands for both. */
  connect(options: MemoryConnectOptions): Bus {
    const clock = options.clock ?? this.clock;
    const client = new MemoryClient(options.name, clock, this.network);
    if (!this.network.running) client.setState('disconnected');
    this.router.clients.add(client);
    const cluster = this.cluster(options.prefix ?? '');
    const { layout, streams } = cluster;
    const store = new MemoryStore(client, this.network, layout, streams);
    const chunks = new MemoryChunks(
      client,
      layout,
      this.stream(cluster, layout.blobs.name),
      this.router,
    );
    return {
      transport: new MemoryTransport(client, this.router, this.network),
      journal: new MemoryJournal({
        client,
        network: this.network,
        router: this.router,
        layout,
        streams,
        queue: cluster.queue,
      }),
      store,
      blobs: new ChunkedBlobs(chunks, store, clock),
      subjects: layout.subjects,
      cluster: cluster.id,
      url: 'memory:',
      serverVersion: 'memory',
      onLink: (handler) => client.linkHandlers.add(handler),
      // Its streams are the same for as long as it lives.
      onFault: () => {},
      linkTrouble: () => null,
      close: async () => this.leave(client, 'closed'),
    };
  }

  /** Cuts the link of a client; it stays so until `reconnect`. */
  disconnect(name: string): void {
    for (const client of this.named(name)) client.setState('disconnected');
  }

  reconnect(name: string): void {
    if (!this.network.running) return;
    for (const client of this.named(name)) client.setState('connected');
  }

  /** Like SIGSTOP: nothing is received, and its own child clock stands. */
  freeze(name: string): void {
    for (const client of this.named(name)) {
      client.freeze();
      if (client.clock instanceof ChildClock) client.clock.freeze();
    }
  }

  /** Like SIGCONT: what came meanwhile is received at once. */
  thaw(name: string): void {
    for (const client of this.named(name)) {
      if (client.clock instanceof ChildClock) client.clock.thaw();
      client.thaw();
    }
  }

  /** Like SIGKILL: gone without a word. */
  kill(name: string): void {
    for (const client of this.named(name)) {
      if (client.clock instanceof ChildClock) client.clock.halt();
      this.leave(client, 'dead');
    }
  }

  /** Stops the server: every link breaks. What is stored stays. */
  stop(): void {
    this.network.running = false;
    for (const client of this.router.clients) client.setState('disconnected');
  }

  /** Starts the server again; clients come back one by one, within half a second. */
  start(): void {
    this.network.running = true;
    for (const { streams } of this.clusters.values()) {
      for (const stream of streams.values()) stream.restart();
    }
    for (const client of this.router.clients) {
      this.clock.after(100 + 400 * this.random.next(), () => client.setState('connected'));
    }
  }

  /** Whether the disk is full: then nothing is stored, in any stream. */
  set full(full: boolean) {
    for (const { streams } of this.clusters.values()) {
      for (const stream of streams.values()) stream.full = full;
    }
  }

  /**
   * Tells of everything in the very turn in which it happens, as nobody on the network could: each
   * entry that is stored, each submission that is settled, each message.
   */
  spy(spy: Spy): void {
    const { streams, queue } = this.cluster('');
    for (const stream of streams.values()) stream.tellers.add(spy.stored);
    queue.tellers.add(spy.settled);
    this.router.tellers.add(spy.message);
  }

  /** Loses what is stored under a subject, without a trace. @returns false where nothing was */
  lose(subject: string): boolean {
    let lost = false;
    for (const { streams } of this.clusters.values()) {
      for (const stream of streams.values()) {
        lost ||= stream.lastOf(subject) !== undefined;
        stream.purge(subject);
      }
    }
    return lost;
  }

  /** Damages what is stored under a subject. @returns false where nothing is */
  corrupt(subject: string): boolean {
    return [...this.clusters.values()].some(({ streams }) =>
      [...streams.values()].some((stream) => stream.corrupt(subject)),
    );
  }

  private leave(client: MemoryClient, state: 'closed' | 'dead'): void {
    client.setState(state);
    this.router.clients.delete(client);
  }

  private named(name: string): MemoryClient[] {
    const found = [...this.router.clients].filter((client) => client.name === name);
    if (found.length === 0) throw new BugError('no-client', `nobody is connected as "${name}"`);
    return found;
  }

  private cluster(prefix: string): Cluster {
    const known = this.clusters.get(prefix);
    if (known !== undefined) return known;
    const layout = layoutOf(prefix);
    const streams = new Map(
      layout.all.map((stream) => [stream.name, new MemoryStream(stream, this.clock)]),
    );
    this.router.streams.push(...streams.values());
    const jobs = streams.get(layout.jobs.name) as MemoryStream;
    const cluster = {
      id: `m-${this.random.token(16)}`,
      layout,
      streams,
      queue: new MemoryQueue(jobs, this.clock, submissionQueue.settleMs),
    };
    this.clusters.set(prefix, cluster);
    return cluster;
  }

  private stream(cluster: Cluster, name: string): MemoryStream {
    return cluster.streams.get(name) as MemoryStream;
  }
}
