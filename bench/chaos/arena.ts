/**
 * Where chaos happens: one nats-server and many actors, all real processes, each behind a proxy of
 * its own, kept alive as a service manager would.
 *
 * An actor that ends although nobody meant it to is started again and counted. The data of the
 * server are on a small file system of their own where this machine lets us mount one, so that it
 * can be filled. It knows how to hurt processes and links; when, and whether that was survived, is
 * for others to say.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '../../cli/child.ts';
import { tempDir } from '../../cli/temp-dir.ts';
import { clientOver, type ShoalClient } from '../../client/client.ts';
import type { Bus } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { resolveNatsServer } from '../../runtime/node/nats-binary.ts';
import { type NatsServer, startNatsServer } from '../../runtime/node/nats-server.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import { startTcpProxy, type TcpProxy } from '../../test/support/tcp-proxy.ts';
import type { Namespace } from './namespace.ts';
import { mountStore, type StoreDisk } from './store-disk.ts';

export type Role = 'coordinator' | 'aggregator' | 'worker';

export interface ArenaOptions {
  readonly coordinators: number;
  readonly aggregators: number;
  readonly workers: number;
  readonly seed: number;
  /** Size of the server's file system, where one can be mounted; 0 uses the ordinary one. */
  readonly storeMiB?: number;
  /** Told of everything that somebody who watches wants to know. */
  readonly tell: (line: string) => void;
}

export interface Actor {
  readonly name: string;
  readonly role: Role;
  readonly proxy: TcpProxy;
  readonly command: readonly string[];
  /** What the command is put behind. */
  readonly prefix: readonly string[];
  child: Child;
  /** Whether it is to be up: what ends is started again. */
  wanted: boolean;
  /** Starts since the beginning, the first one counted. */
  starts: number;
  /** Ends that nobody had asked for. */
  ownEnds: string[];
}

const startAgainMs = 500;
const endMs = 8_000;

export class Arena implements AsyncDisposable {
  readonly server: NatsServer;
  readonly disk: StoreDisk | null;
  readonly actors = new Map<string, Actor>();
  readonly bus: Bus;
  /** On a link that nobody hurts, for looking on. */
  readonly client: ShoalClient;
  private readonly options: ArenaOptions;
  private readonly folder: string;
  private closing = false;
  private readonly undo: AsyncDisposableStack;

  private constructor(parts: {
    readonly options: ArenaOptions;
    readonly server: NatsServer;
    readonly disk: StoreDisk | null;
    readonly bus: Bus;
    readonly folder: string;
    readonly undo: AsyncDisposableStack;
  }) {
    this.options = parts.options;
    this.server = parts.server;
    this.disk = parts.disk;
    this.bus = parts.bus;
    this.folder = parts.folder;
    this.undo = parts.undo;
    this.client = clientOver(parts.bus, nodeClock(), nodeRandom());
  }

  static async start(options: ArenaOptions): Promise<Arena> {
    await using undo = new AsyncDisposableStack();
    const folder = undo.use(await tempDir('shoal-chaos-'));
    const binary = await resolveNatsServer({ env: process.env, log: options.tell });
    const { storeMiB = 0 } = options;
    const disk = storeMiB > 0 ? mountStore(join(folder.path, 'disk'), storeMiB) : null;
    if (disk !== null) undo.use(disk);
    else if (storeMiB > 0) options.tell('no file system can be mounted here: disks stay unfilled');
    const dataDir = join(disk?.path ?? folder.path, 'nats');
    const server = undo.use(await startNatsServer({ binary, dataDir, port: 0 }));
    const bus = await connectNats({
      ...{ servers: server.url, name: 'chaos', clock: nodeClock(), createLayout: true },
      ...{ waitForServer: true, allowOldServer: process.env.SHOAL_ALLOW_OLD_NATS === '1' },
    });
    undo.defer(() => bus.close());
    const own = new AsyncDisposableStack();
    const arena = new Arena({ options, server, disk, bus, folder: folder.path, undo: own });
    undo.defer(() => arena.endAll());
    const several = (role: Role, count: number) =>
      Array.from({ length: count }, (_, i) => arena.add(role, `${role}-${i + 1}`));
    await Promise.all([
      ...several('coordinator', options.coordinators),
      ...several('aggregator', options.aggregators),
      ...several('worker', options.workers),
    ]);
    await arena.client.ready({ timeoutMs: 30_000 });
    own.use(undo.move());
    return arena;
  }

  /**
   * Starts one more actor and waits until it is ready.
   * @param namespace the network that it lives in; this machine's by default
   */
  async add(role: Role, name: string, namespace: Namespace | null = null): Promise<Actor> {
    const proxy = await this.newProxy(namespace?.hostAddress);
    const prefix = namespace?.prefix ?? [];
    const cache = ['--cache-dir', join(this.folder, `cache-${name}`)];
    const extra = { coordinator: [], aggregator: cache, worker: [...cache, '--slots', '1'] }[role];
    const bus = ['--nats', proxy.url, '--name', name, '--log-level', 'info'];
    const command = [role, ...bus, ...extra];
    const child = this.launch(name, command, prefix);
    const life = { child, wanted: true, starts: 1, ownEnds: [] };
    const actor: Actor = { name, role, proxy, command, prefix, ...life };
    this.actors.set(name, actor);
    this.keep(actor);
    await child.ready;
    return actor;
  }

  /** A way to the server that can be hurt; ends with the arena. */
  async newProxy(listen = '127.0.0.1'): Promise<TcpProxy> {
    const seed = this.options.seed * 1_000 + this.actors.size;
    const proxy = await startTcpProxy({ port: this.server.port, listen, seed });
    this.undo.use(proxy);
    return proxy;
  }

  /** A client of its own connection, behind a proxy of its own. */
  async newClient(name: string): Promise<{ client: ShoalClient; proxy: TcpProxy }> {
    const proxy = await this.newProxy();
    const bus = await connectNats({
      ...{ servers: proxy.url, name, clock: nodeClock(), createLayout: false },
      ...{ waitForServer: true, allowOldServer: process.env.SHOAL_ALLOW_OLD_NATS === '1' },
    });
    const client = clientOver(bus, nodeClock(), nodeRandom());
    this.undo.use(client);
    return { client, proxy };
  }

  names(role: Role): string[] {
    return [...this.actors.values()].filter((actor) => actor.role === role).map(({ name }) => name);
  }

  actor(name: string): Actor {
    const actor = this.actors.get(name);
    if (actor === undefined) throw new Error(`there is no actor "${name}"`);
    return actor;
  }

  /** Sends a signal and, where it ends the process, waits for its end; it stays down. */
  async end(name: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const actor = this.actor(name);
    actor.wanted = false;
    actor.child.kill(signal);
    const insist = setTimeout(() => actor.child.kill('SIGKILL'), endMs);
    await actor.child.exited;
    clearTimeout(insist);
  }

  /** Starts it again under its name and waits until it is ready. */
  async restart(name: string): Promise<void> {
    const actor = this.actor(name);
    // Two troubles may have ended it at the same time: there is one process of each name.
    if (!actor.wanted) {
      actor.wanted = true;
      this.relaunch(actor);
    }
    // One that cannot get ready now is started again until it can.
    await actor.child.ready.catch(() => {});
  }

  freeze(name: string): void {
    this.actor(name).child.kill('SIGSTOP');
  }

  thaw(name: string): void {
    this.actor(name).child.kill('SIGCONT');
  }

  /** Takes an actor away for good. */
  async remove(name: string): Promise<void> {
    await this.end(name, 'SIGTERM');
    await this.actor(name).proxy[Symbol.asyncDispose]();
    this.actors.delete(name);
  }

  /** The node that leads, or none where nobody answers. */
  async leader(): Promise<string | null> {
    const status = await this.client.status().catch(() => null);
    return status?.coordinator ?? null;
  }

  /** Process ids by name, of what runs now. */
  pids(): Map<string, number> {
    const pids = [...this.actors.values()].map(({ name, child }) => [name, child.pid] as const);
    return new Map([...pids, ['nats-server', this.server.pid]]);
  }

  /** Every end of a process that nobody had asked for, with its cause. */
  ownEnds(): string[] {
    return [...this.actors.values()].flatMap(({ name, ownEnds }) =>
      ownEnds.map((why) => `${name}: ${why}`),
    );
  }

  /** What an actor has logged. */
  log(name: string): string {
    try {
      return readFileSync(join(this.folder, `${name}.log`), 'utf8');
    } catch {
      return '';
    }
  }

  /** The last lines of the log. */
  tail(name: string, lines = 6): string {
    return this.log(name).trimEnd().split('\n').slice(-lines).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.undo.disposeAsync();
  }

  private launch(name: string, command: readonly string[], prefix: readonly string[]): Child {
    const log = openSync(join(this.folder, `${name}.log`), 'a');
    try {
      return startChild(command, { stderr: log, prefix });
    } finally {
      closeSync(log);
    }
  }

  private relaunch(actor: Actor): void {
    actor.child = this.launch(actor.name, actor.command, actor.prefix);
    actor.starts += 1;
    this.keep(actor);
  }

  /** Starts the actor again when it ends although it is wanted. */
  private keep(actor: Actor): void {
    const { child } = actor;
    void child.exited.then(({ code, signal }) => {
      if (!actor.wanted || this.closing || actor.child !== child) return;
      const why = signal ?? `exit code ${code}`;
      actor.ownEnds.push(why);
      this.options.tell(`${actor.name} ended by itself (${why}): ${this.tail(actor.name, 2)}`);
      setTimeout(() => {
        if (actor.wanted && !this.closing && actor.child === child) this.relaunch(actor);
      }, startAgainMs);
    });
  }

  private async endAll(): Promise<void> {
    this.closing = true;
    const all = [...this.actors.values()];
    // A stopped process hears no other signal.
    for (const { child } of all) {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
    }
    await Promise.all(all.map(({ child }) => child.exited));
  }
}
