/**
 * Connects a process to its cluster over NATS: one connection, and all ports on it.
 *
 * Once connected it stays so for good: lost links are taken up again without end. What stands in
 * the way at the start (no server, no rights, an old server, no JetStream, no cluster) comes as an
 * error with a code and the fix.
 */
import { randomBytes } from 'node:crypto';
import { ShoalError } from '../../schemas/errors.ts';
import { limits } from '../../schemas/limits.ts';
import type { Bus, LinkState } from '../bus.ts';
import { ChunkedBlobs } from '../chunked-blobs.ts';
import { layoutOf } from '../layout.ts';
import type { Clock } from '../ports/clock.ts';
import { NatsChunks } from './chunks.ts';
import { type Dialled, dial, redacted } from './dial.ts';
import { ensureLayout } from './ensure-layout.ts';
import { NatsJournal } from './journal.ts';
import { LedgerWatch } from './ledger-watch.ts';
import { Link } from './link.ts';
import { checkServer } from './server-checks.ts';
import { NatsStore } from './store.ts';
import { NatsTransport } from './transport.ts';

export interface NatsOptions {
  /** URLs of one cluster of servers; `nats://user:password@host` is understood. */
  readonly servers: string | readonly string[];
  /** Shown by the server's monitoring: `worker/w1`. */
  readonly name: string;
  /** A credentials file (JWT) or a file with an nkey seed. */
  readonly creds?: string;
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
  };
  readonly prefix?: string;
  readonly clock: Clock;
  readonly allowOldServer?: boolean;
  /** Whether streams and buckets may be created where there are none. */
  readonly createLayout: boolean;
  /** Servers that keep each stream, should it be created now; 3 in a cluster of servers, else 1. */
  readonly replicas?: number;
  /** Monitoring addresses of the servers (`http://127.0.0.1:8222`), to see how they store. */
  readonly monitors?: readonly string[];
  /** Go on with streams that have lost what was stored, from where they are. */
  readonly acceptLosses?: boolean;
  /** Take servers that acknowledge what a power cut would lose. */
  readonly allowUnsynced?: boolean;
  /** Wait without end for the server, and for the cluster where it may not be created. */
  readonly waitForServer?: boolean;
  /** How long to try before giving up. */
  readonly connectMs?: number;
  /** Where answers come back; by default `_INBOX`, with credentials `_INBOX_<user>`. */
  readonly inboxPrefix?: string;
  readonly signal?: AbortSignal;
}

const retryMs = 100;
/** In a cluster of servers every stream is kept by this many of them. */
const replicasOfCluster = 3;

/**
 * @throws ShoalError not-connected, denied, old-server, small-payload, not-durable, no-jetstream,
 * no-cluster, layout-broken
 */
export async function connectNats(options: NatsOptions): Promise<Bus> {
  const layout = layoutOf(options.prefix);
  const dialled = await dial(options);
  const { nc } = dialled;
  const link = new Link(nc, options.clock, dialled.inboxPrefix);
  const handlers = new Set<(state: LinkState) => void>();
  watchLink(link, handlers, dialled);
  try {
    await checkServer(nc.info, options, redacted(options));
    const cluster = await untilLayout(link, options, () =>
      ensureLayout(link, layout, {
        create: options.createLayout,
        cluster: `c-${randomBytes(8).toString('hex')}`,
        acceptLosses: options.acceptLosses === true,
        replicas: options.replicas ?? (nc.info?.cluster === undefined ? 1 : replicasOfCluster),
      }),
    );
    const watch = new LedgerWatch(link, layout, cluster, options.createLayout);
    const store = new NatsStore(link, layout);
    return {
      transport: new NatsTransport(link),
      journal: new NatsJournal(link, layout),
      store,
      blobs: new ChunkedBlobs(new NatsChunks(link, layout), store, options.clock),
      subjects: layout.subjects,
      cluster,
      url: redacted(options),
      serverVersion: nc.info?.version ?? '',
      onLink: (handler) => handlers.add(handler),
      onFault: (handler) => watch.onFault(handler),
      linkTrouble: () => link.trouble,
      close: () => close(link),
    };
  } catch (error) {
    await nc.close();
    throw error;
  }
}

/** JetStream answers a moment after the server does; and a worker may come before its coordinator. */
async function untilLayout(
  link: Link,
  options: NatsOptions,
  ensure: () => Promise<string>,
): Promise<string> {
  const deadline = link.clock.nowMs() + (options.connectMs ?? limits.connectMs);
  for (;;) {
    try {
      return await ensure();
    } catch (error) {
      const waits = options.waitForServer === true && options.signal?.aborted !== true;
      const absent = error instanceof ShoalError && error.code === 'no-cluster';
      const passing = error instanceof ShoalError && error.family === 'retryable';
      if (!(absent && waits) && !(passing && (waits || link.clock.nowMs() < deadline))) throw error;
      await link.pause(absent ? 250 : retryMs);
    }
  }
}

function watchLink(
  link: Link,
  handlers: ReadonlySet<(state: LinkState) => void>,
  dialled: Dialled,
): void {
  const tell = (state: LinkState) => {
    link.setConnected(state === 'connected');
    for (const handler of handlers) handler(state);
  };
  const follow = async () => {
    for await (const status of link.nc.status()) {
      if (status.type === 'error') link.noteTrouble(status.error);
      else if (status.type === 'staleConnection') dialled.abandon();
      else if (status.type === 'disconnect' && link.connected) tell('disconnected');
      else if (status.type === 'reconnect' && !link.connected) {
        dialled.connected();
        tell('connected');
      }
    }
  };
  follow().catch(() => {});
  link.nc.closed().then(
    () => tell('closed'),
    () => tell('closed'),
  );
}

/** Sends what is still buffered, for a short while, and closes. */
async function close(link: Link): Promise<void> {
  if (link.nc.isClosed()) return;
  if (link.connected) await link.within(1_000, 'drain', link.nc.drain()).catch(() => {});
  await link.nc.close();
}
