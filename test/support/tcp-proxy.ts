/**
 * A TCP proxy that makes a link bad on purpose: one between each process and its server.
 *
 * Promises: bytes are never changed or reordered, only late, held, cut off or, where that is asked
 * for, swallowed; settings take effect at once, for connections that stand and for new ones; jitter
 * and the size of slices follow from the seed and the number of the connection. It does not know
 * what the bytes mean.
 */
import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';
import { type Direction, goodLink, type LinkSettings } from './link-settings.ts';
import { ProxyLane } from './proxy-lane.ts';

export interface ProxyOptions {
  /** Where connections go on to. */
  readonly port: number;
  readonly host?: string;
  /** Address to listen on; loopback by default. */
  readonly listen?: string;
  readonly seed?: number;
}

export async function startTcpProxy(options: ProxyOptions): Promise<TcpProxy> {
  const proxy = new TcpProxy(options);
  await proxy.open(0);
  return proxy;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly up: ProxyLane;
  readonly down: ProxyLane;
  passed: number;
  cutOff: NodeJS.Timeout | null;
}

export class TcpProxy implements AsyncDisposable {
  private readonly options: ProxyOptions;
  private readonly pairs = new Set<Pair>();
  private settings: LinkSettings = goodLink;
  private listener: Server | null = null;
  private boundPort = 0;
  private connections = 0;
  /** Bytes passed on, by direction, since the start. */
  readonly bytes: Record<Direction, number> = { up: 0, down: 0 };

  constructor(options: ProxyOptions) {
    this.options = options;
  }

  get port(): number {
    return this.boundPort;
  }

  /** Bytes lost on connections that stand. */
  get swallowed(): number {
    return [...this.pairs].reduce((sum, { up, down }) => sum + up.lost + down.lost, 0);
  }

  get host(): string {
    return this.options.listen ?? '127.0.0.1';
  }

  get url(): string {
    return `nats://${this.host}:${this.boundPort}`;
  }

  /** Connections taken in since the start: how often clients came back. */
  get accepted(): number {
    return this.connections;
  }

  get standing(): number {
    return this.pairs.size;
  }

  /** Listens; `startTcpProxy` does it. */
  async open(port: number): Promise<void> {
    const listener = createServer({ allowHalfOpen: true }, (client) => this.take(client));
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, this.host, resolve);
    });
    const address = listener.address();
    if (typeof address === 'object' && address !== null) this.boundPort = address.port;
    this.listener = listener;
  }

  /** Changes the link; what is not named is good again. */
  set(settings: Partial<LinkSettings>): void {
    this.settings = { ...goodLink, ...settings };
    for (const pair of this.pairs) {
      this.watchTimeout(pair);
      for (const lane of [pair.up, pair.down]) lane.change(this.settings);
    }
  }

  /** As after the repair of a cable. Connections that lost bytes are reset. */
  heal(): void {
    for (const pair of this.pairs) if (pair.up.lost + pair.down.lost > 0) this.reset(pair);
    this.set({});
  }

  /** The link is like this for so long, then it is healed. */
  async during(settings: Partial<LinkSettings>, ms: number): Promise<void> {
    this.set(settings);
    await new Promise<void>((resolve) => setTimeout(resolve, ms));
    this.heal();
  }

  /** Ends all connections with a reset; new ones are taken. */
  resetPeers(): void {
    for (const pair of this.pairs) this.reset(pair);
  }

  /** Closes all connections and refuses new ones, until `up()`. */
  async down(): Promise<void> {
    const listener = this.listener;
    this.listener = null;
    const closed = new Promise<void>((resolve) => {
      if (listener === null) resolve();
      else listener.close(() => resolve());
    });
    for (const pair of this.pairs) this.close(pair);
    await closed;
  }

  /** Takes connections again, on the port it had. */
  async up(): Promise<void> {
    if (this.listener === null) await this.open(this.boundPort);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  private take(client: Socket): void {
    this.connections += 1;
    const { port, host = '127.0.0.1', seed = 0 } = this.options;
    const server = tcpConnect({ port, host, allowHalfOpen: true });
    client.setNoDelay(true);
    server.setNoDelay(true);
    const lane = (direction: Direction, from: Socket, to: Socket): ProxyLane => {
      const own = (seed * 65_537 + this.connections) * 2 + Number(direction === 'down');
      const pass = (bytes: number): void => this.count(pair, direction, bytes);
      return new ProxyLane({ from, to, direction, seed: own, pass });
    };
    const { settings } = this;
    const pair: Pair = {
      client,
      server,
      up: lane('up', client, server),
      down: lane('down', server, client),
      passed: 0,
      cutOff: null,
    };
    this.pairs.add(pair);
    let open = 2;
    for (const socket of [client, server]) {
      socket.once('close', () => {
        open -= 1;
        if (open === 0) this.forget(pair);
      });
    }
    for (const each of [pair.up, pair.down]) each.change(settings);
    this.watchTimeout(pair);
  }

  private count(pair: Pair, direction: Direction, bytes: number): void {
    this.bytes[direction] += bytes;
    pair.passed += bytes;
    const { limitBytes } = this.settings;
    if (limitBytes > 0 && pair.passed >= limitBytes) this.close(pair);
  }

  private watchTimeout(pair: Pair): void {
    if (pair.cutOff !== null) clearTimeout(pair.cutOff);
    pair.cutOff = null;
    const { timeoutMs } = this.settings;
    if (timeoutMs > 0) pair.cutOff = setTimeout(() => this.close(pair), timeoutMs);
  }

  private reset(pair: Pair): void {
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
    this.forget(pair);
  }

  private close(pair: Pair): void {
    pair.client.destroy();
    pair.server.destroy();
    this.forget(pair);
  }

  private forget(pair: Pair): void {
    if (pair.cutOff !== null) clearTimeout(pair.cutOff);
    for (const lane of [pair.up, pair.down]) lane.stop();
    this.pairs.delete(pair);
  }
}
