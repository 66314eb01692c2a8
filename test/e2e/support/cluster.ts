/**
 * A cluster of real processes for one test: nats-server, coordinators, aggregators, workers.
 *
 * `await using cluster = await startCluster({ workers: 2 })`. Each actor is the command line as a
 * user would start it, with its log in a file. Nothing here sleeps: starts wait for ready lines,
 * ends for the process's exit. At the end everything is killed, whatever state it is in.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, type ChildExit, startChild } from '../../../cli/child.ts';
import { clientOver, type ShoalClient } from '../../../client/client.ts';
import type { Bus } from '../../../runtime/bus.ts';
import { connectNats } from '../../../runtime/nats/connect.ts';
import { nodeClock } from '../../../runtime/node/clock.ts';
import { nodeRandom } from '../../../runtime/node/random.ts';
import { parseNodeId } from '../../../schemas/ids.ts';
import type { JobEvent } from '../../../schemas/views.ts';
import { decodeMessage, type Heartbeat } from '../../../schemas/wire.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

export interface ClusterOptions {
  readonly workers?: number;
  /** Slots of each worker; 1 by default. */
  readonly slots?: number;
  readonly aggregators?: number;
  readonly coordinators?: number;
  /** A server that somebody else owns; one of the cluster's own by default. */
  readonly server?: TestServer;
  /** A disk cache for every node, as if each were on a host of its own; one for all by default. */
  readonly ownCaches?: boolean;
  /** A proxy between each actor and the server, to make its link bad: `proxy(name)`. */
  readonly proxied?: boolean;
  /** More arguments for every worker, and for every coordinator. */
  readonly workerArgs?: readonly string[];
  readonly coordinatorArgs?: readonly string[];
  /** Folder of `shoal creds` where the server wants credentials; an actor uses its own name's. */
  readonly credsDir?: string;
  /** More arguments for every actor. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Beat = Heartbeat & { readonly atMs: number };

type RoleName = 'coordinator' | 'aggregator' | 'worker';

const program = fileURLToPath(new URL('../../../cli/bin.ts', import.meta.url));

/** Runs the command line once, to its end. */
export function runCli(
  args: readonly string[],
  options: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdin.on('error', () => {}); // the program may end before it has read its input
  child.stdin.end(options.stdin ?? '');
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const server = options.server ?? (await startTestServer());
  const cluster = new Cluster(options, server);
  try {
    await cluster.open();
    return cluster;
  } catch (error) {
    const logs = cluster.logs();
    await cluster[Symbol.asyncDispose]();
    throw new Error(`cluster did not start: ${(error as Error).message}\n${logs}`, {
      cause: error,
    });
  }
}

export class Cluster implements AsyncDisposable {
  readonly server: TestServer;
  readonly actors = new Map<string, Child>();
  private readonly options: ClusterOptions;
  private readonly folder = mkdtempSync(join(tmpdir(), 'shoal-cluster-'));
  private readonly counts: Record<RoleName, number> = { coordinator: 0, aggregator: 0, worker: 0 };
  private readonly commands = new Map<string, readonly string[]>();
  private readonly proxies = new Map<string, TcpProxy>();
  private opened: { readonly client: ShoalClient; readonly bus: Bus } | null = null;

  constructor(options: ClusterOptions, server: TestServer) {
    this.options = options;
    this.server = server;
  }

  /** Starts all that was asked for; called by `startCluster`. */
  async open(): Promise<void> {
    const { coordinators = 1, aggregators = 1, workers = 2 } = this.options;
    const some = (count: number, start: () => Promise<string>): Promise<string>[] =>
      Array.from({ length: count }, start);
    await Promise.all([
      ...some(coordinators, () => this.startCoordinator()),
      ...some(aggregators, () => this.startAggregator()),
      ...some(workers, () => this.startWorker()),
    ]);
    if (coordinators === 0) return;
    const bus = await this.openBus();
    this.opened = { bus, client: clientOver(bus, nodeClock(), nodeRandom()) };
    await this.client.ready({ timeoutMs: 20_000 });
  }

  get url(): string {
    return this.server.url;
  }

  get client(): ShoalClient {
    if (this.opened === null) throw new Error('the cluster has no coordinator yet: use connect()');
    return this.opened.client;
  }

  /** The client's connection, for what only records and messages show. */
  get bus(): Bus {
    if (this.opened === null) throw new Error('the cluster has no coordinator yet: use openBus()');
    return this.opened.bus;
  }

  /** The next heartbeat of the node for which `want` holds, and when it came. */
  beat(node: string, want: (beat: Heartbeat) => boolean = () => true): Promise<Beat> {
    const { transport, subjects } = this.bus;
    return new Promise((resolve) => {
      const subject = subjects.heartbeat(parseNodeId(node));
      const subscription = transport.subscribe(subject, (message) => {
        const beat = decodeMessage('heartbeat', message.bytes);
        if (!want(beat)) return;
        subscription.unsubscribe();
        resolve(Object.assign(beat, { atMs: performance.now() }));
      });
    });
  }

  /** The value of a counter of one actor, started with `--metrics-port 0`: all its labels added. */
  async counter(actor: string, name: string): Promise<number> {
    const url = /"url":"(http:[^"]+)"/.exec(this.log(actor))?.[1];
    if (url === undefined) throw new Error(`"${actor}" serves no metrics`);
    const text = await (await fetch(url)).text();
    const lines = text.split('\n').filter((line) => /^[^#{ ]+/.exec(line)?.[0] === name);
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  /** A client of its own connection; the caller closes it. */
  async connect(): Promise<ShoalClient> {
    return clientOver(await this.openBus(), nodeClock(), nodeRandom());
  }

  /** A connection below the client, for what only the records show; the caller closes it. */
  openBus(): Promise<Bus> {
    return connectNats({
      servers: this.server.url,
      ...(this.options.credsDir === undefined ? {} : { creds: this.creds('operator') }),
      name: 'test',
      clock: nodeClock(),
      createLayout: false,
      allowOldServer: true,
      waitForServer: true,
    });
  }

  startCoordinator(args: readonly string[] = []): Promise<string> {
    return this.start('coordinator', [...(this.options.coordinatorArgs ?? []), ...args]);
  }

  startAggregator(args: readonly string[] = []): Promise<string> {
    return this.start('aggregator', args);
  }

  /** @returns the name of its node: `worker-1`, `worker-2`, ... */
  startWorker(args: readonly string[] = []): Promise<string> {
    const { slots = 1, workerArgs = [] } = this.options;
    return this.start('worker', ['--slots', String(slots), ...workerArgs, ...args]);
  }

  /** Starts an actor that has ended, with the arguments and the name that it had. */
  async restart(name: string): Promise<void> {
    const command = this.commands.get(name);
    if (command === undefined) throw new Error(`there was never an actor "${name}"`);
    await this.launch(name, command);
  }

  /** The actor's way to the server, where the cluster is `proxied`. */
  proxy(name: string): TcpProxy {
    const proxy = this.proxies.get(name);
    if (proxy === undefined) throw new Error(`"${name}" has no proxy: start it with proxied`);
    return proxy;
  }

  pid(name: string): number {
    return this.actor(name).pid;
  }

  /** Sends the signal; for SIGKILL and SIGTERM waits for the end of the process. */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<ChildExit | null> {
    const actor = this.actor(name);
    actor.kill(signal);
    return signal === 'SIGKILL' || signal === 'SIGTERM' ? actor.exited : null;
  }

  freeze(name: string): void {
    this.actor(name).kill('SIGSTOP');
  }

  thaw(name: string): void {
    this.actor(name).kill('SIGCONT');
  }

  exited(name: string): Promise<ChildExit> {
    return this.actor(name).exited;
  }

  /** Runs a command of the command line against this cluster. */
  cli(
    args: readonly string[],
    options: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<CliResult> {
    const creds =
      this.options.credsDir === undefined ? {} : { SHOAL_CREDS: this.creds('operator') };
    return runCli(args, { ...options, env: { SHOAL_NATS: this.url, ...creds, ...options.env } });
  }

  /**
   * The first event of the job for which `want` holds, at once if it has happened already.
   * @throws when the job ends without one
   */
  async event(
    job: string,
    want: (event: JobEvent) => boolean,
    timeoutMs = 60_000,
  ): Promise<JobEvent> {
    const signal = AbortSignal.timeout(timeoutMs);
    for await (const event of this.client.job(job).events({ signal })) {
      if (want(event)) return event;
    }
    throw new Error(`job "${job}" ended without the event that was waited for`);
  }

  /** What an actor has logged so far. */
  log(name: string): string {
    return readFileSync(join(this.folder, `${name}.log`), 'utf8');
  }

  /** The last lines of every actor's log. */
  logs(): string {
    return [...this.actors.keys()]
      .flatMap((name) =>
        this.log(name)
          .trimEnd()
          .split('\n')
          .slice(-5)
          .map((line) => `${name}: ${line}`),
      )
      .join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.opened?.client.close();
    for (const actor of this.actors.values()) actor.kill('SIGKILL');
    await Promise.all([...this.actors.values()].map((actor) => actor.exited));
    await Promise.all([...this.proxies.values()].map((proxy) => proxy[Symbol.asyncDispose]()));
    if (this.options.server === undefined) await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Where a node keeps its shards. */
  cacheDir(name: string): string {
    return join(this.folder, this.options.ownCaches ? `cache-${name}` : 'cache');
  }

  private async start(role: RoleName, args: readonly string[]): Promise<string> {
    this.counts[role] += 1;
    const name = `${role}-${this.counts[role]}`;
    const url = this.options.proxied === true ? (await this.openProxy(name)).url : this.url;
    const creds = this.options.credsDir === undefined ? [] : ['--creds', this.creds(name, role)];
    const common = ['--nats', url, '--allow-old-server', ...creds, ...(this.options.args ?? [])];
    const level = ['--log-level', this.options.logLevel ?? 'info'];
    const cache = role === 'coordinator' ? [] : ['--cache-dir', this.cacheDir(name)];
    await this.launch(name, [role, '--name', name, ...common, ...level, ...cache, ...args]);
    return name;
  }

  /** The credentials of a user of that name, else of the role. */
  private creds(name: string, role = name): string {
    const files = [name, role].map((user) => join(this.options.credsDir ?? '', `${user}.creds`));
    return files.find(existsSync) ?? files[0] ?? '';
  }

  private async openProxy(name: string): Promise<TcpProxy> {
    const proxy = await startTcpProxy({ port: this.server.port, seed: this.proxies.size });
    this.proxies.set(name, proxy);
    return proxy;
  }

  private async launch(name: string, command: readonly string[]): Promise<void> {
    this.commands.set(name, command);
    const log = openSync(join(this.folder, `${name}.log`), 'a');
    try {
      const env = this.options.env ?? {};
      this.actors.set(name, startChild(command, { stderr: log, env }));
    } finally {
      closeSync(log);
    }
    await this.actor(name).ready;
  }

  private actor(name: string): Child {
    const actor = this.actors.get(name);
    if (actor === undefined) throw new Error(`there is no actor "${name}"`);
    return actor;
  }
}
