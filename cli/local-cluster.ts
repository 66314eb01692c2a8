/**
 * A whole cluster on this machine for as long as this process lives: nats-server in a temporary
 * folder, actors as processes, their logs in files. `await using` stops and removes all of it.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientOver, type ShoalClient } from '../client/client.ts';
import { connectNats } from '../runtime/nats/connect.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import { resolveNatsServer } from '../runtime/node/nats-binary.ts';
import { type NatsServer, startNatsServer } from '../runtime/node/nats-server.ts';
import { nodeRandom } from '../runtime/node/random.ts';
import { type Child, startChild } from './child.ts';
import { tempDir } from './temp-dir.ts';

export interface ClusterPlan {
  readonly workers: number;
  /** Slots of each worker. */
  readonly slots: number;
  /** One of each unless more are asked for. */
  readonly coordinators?: number;
  readonly aggregators?: number;
  /** More arguments of every coordinator. */
  readonly coordinatorFlags?: readonly string[];
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface LocalCluster extends AsyncDisposable {
  readonly server: NatsServer;
  readonly client: ShoalClient;
  /** Actors by the names of their nodes. */
  readonly actors: ReadonlyMap<string, Child>;
  /** Starts an actor again under its name, and waits until it is ready. */
  replace(name: string): Promise<void>;
  /** Last lines of every actor's log, for when something went wrong. */
  logTails(): string;
}

const endMs = 5_000;

export async function startLocalCluster(plan: ClusterPlan): Promise<LocalCluster> {
  await using undo = new AsyncDisposableStack();
  const folder = undo.use(await tempDir('shoal-demo-'));
  const binary = await resolveNatsServer({ env: process.env, log: plan.tell });
  plan.signal.throwIfAborted();
  const server = undo.use(
    await startNatsServer({ binary, dataDir: join(folder.path, 'nats'), port: 0 }),
  );
  const actors = new Map<string, Child>();
  undo.defer(() => endAll(actors));
  const bus = ['--nats', server.url];
  const cache = ['--cache-dir', join(folder.path, 'cache')];
  const slots = ['--slots', String(plan.slots)];
  const several = (role: string, count: number, args: string[]): [string, string[]][] =>
    Array.from({ length: count }, (_, i) => [`${role}-${i + 1}`, [role, ...bus, ...args]]);
  const commands = [
    ...several('coordinator', plan.coordinators ?? 1, [...(plan.coordinatorFlags ?? [])]),
    ...several('aggregator', plan.aggregators ?? 1, cache),
    ...several('worker', plan.workers, [...cache, ...slots]),
  ];
  const logOf = (name: string): string => join(folder.path, `${name}.log`);
  const start = (name: string, command: readonly string[]): void => {
    const log = openSync(logOf(name), 'a');
    try {
      actors.set(name, startChild([...command, '--name', name], { stderr: log }));
    } finally {
      closeSync(log);
    }
  };
  for (const [name, command] of commands) start(name, command);
  await Promise.all([...actors.values()].map((actor) => actor.ready));
  plan.signal.throwIfAborted();
  const client = undo.use(
    clientOver(
      await connectNats({
        servers: server.url,
        name: 'shoal-demo',
        clock: nodeClock(),
        createLayout: false,
        allowOldServer: process.env.SHOAL_ALLOW_OLD_NATS === '1',
      }),
      nodeClock(),
      nodeRandom(),
    ),
  );
  await client.ready({ signal: plan.signal });
  const kept = undo.move();
  return {
    server,
    client,
    actors,
    async replace(name) {
      const command = commands.find(([known]) => known === name)?.[1] ?? [];
      start(name, command);
      await actors.get(name)?.ready;
    },
    logTails: () => [...actors.keys()].map((name) => tailOf(name, logOf(name))).join('\n'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function endAll(actors: ReadonlyMap<string, Child>): Promise<void> {
  const all = [...actors.values()];
  for (const actor of all) actor.kill('SIGTERM');
  const insist = setTimeout(() => {
    for (const actor of all) actor.kill('SIGKILL');
  }, endMs);
  await Promise.all(all.map((actor) => actor.exited));
  clearTimeout(insist);
}

function tailOf(name: string, file: string): string {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // it never wrote one
  }
  return text
    .trimEnd()
    .split('\n')
    .slice(-5)
    .filter((line) => line !== '')
    .map((line) => `${name}: ${line}`)
    .join('\n');
}
